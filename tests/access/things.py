"""The rows that addresses of the table name: each of D1, most of B1, made when first asked for."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from PIL import Image

from activities.actions.photo import add_photos
from activities.actions.sheet import print_sheet
from activities.actions.theme_day import plan_activity
from activities.models import Activity, Campaign, Photo
from branches.models import Appointment, Branch, Region
from core.models import (
    AuditEvent,
    BackgroundRun,
    Code,
    Kind,
    Notice,
    RuleParameter,
    StoredFile,
    User,
)
from core.pictures import read_picture
from members.actions import roster
from members.enums import AffiliationKind, RosterState
from members.models import (
    Affiliation,
    BranchAlias,
    LinkBatch,
    LinkProposal,
    Member,
    Transfer,
    TransferBatch,
)
from tests.factories.activities import make_campaign, make_link, record
from tests.factories.members import (
    make_link_batch,
    make_member,
    make_proposal,
    make_transfer_batch,
)

# Arguments of a row that name one of these become its key; all others are taken as written.
THINGS: dict[str, Callable[[Any], Any]] = {}


def thing(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let rows of the table name what MAKE makes; it gets the fixtures by name."""
    THINGS[make.__name__] = make
    return make


class World:
    """Gives the things of one test by name."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.get = request.getfixturevalue
        self._made: dict[str, Any] = {}
        self["lived_branch"]  # members' own pages show what it announces

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = THINGS[name](self.get)
        return self._made[name]


@thing
def branch(get: Any) -> Any:
    return get("branch")


@thing
def street(get: Any) -> Any:
    return get("street")


@thing
def district(get: Any) -> Any:
    return get("district")


@thing
def region(get: Any) -> Region:
    return Region.objects.create(code="990000000000", name="演示省", level=1)


@thing
def post(get: Any) -> Appointment:
    return Appointment.objects.get(user=get("secretary"))


@thing
def person(get: Any) -> Member:
    return make_member(get("branch"), "陈建国")


@thing
def link(get: Any) -> Affiliation:
    guest = make_member(get("other_branch"), "欧阳淑珍")
    return make_link(guest, get("branch"), AffiliationKind.COMMUNITY)


@thing
def link_batch(get: Any) -> LinkBatch:
    guest = make_member(get("other_branch"), "欧阳淑珍")
    return make_link_batch(get("branch"), guest, by=get("bureau_staff"))


@thing
def proposal(get: Any) -> LinkProposal:
    """B2 asks B1 to receive one of its members."""
    guest = make_member(get("other_branch"), "欧阳淑珍")
    return make_proposal(guest, get("branch"), by=get("other_secretary"))


@thing
def lived_branch(get: Any) -> Branch:
    """B1 with October on record and on paper, and December announced."""
    by, home = get("bureau_staff"), get("branch")
    make_member(home, "黄长江")
    record(by, home, Member.objects.filter(branch=home), period="2026-10")
    print_sheet(by=by, branch=home, period="2026-10")
    day = dt.date(2026, 12, 15)
    plan_activity(by=by, branch=home, period="2026-12", date=day, topic="冬学开讲")
    return home


@thing
def activity(get: Any) -> Activity:
    get("bureau_staff")
    return Activity.objects.get(branch=get("branch"), period="2026-10")


@thing
def campaign(get: Any) -> Campaign:
    day = dt.date(2026, 11, 1)
    return make_campaign(get("bureau_staff"), get("street"), starts_on=day, ends_on=day)


@thing
def photo(get: Any) -> Photo:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    pictures = [read_picture(out)]
    return add_photos(by=get("bureau_staff"), activity=activity(get), pictures=pictures)[0]


@thing
def alias(get: Any) -> Any:
    """What rosters call B1."""
    return BranchAlias.objects.create(
        district="990101",
        key="槐荫支部",
        name="槐荫支部",
        branch=get("branch"),
        by=get("bureau_staff"),
        area_path=get("district").path,
    )


@thing
def batch(get: Any) -> Any:
    return _roster(get("bureau_staff"), "姓名\n陈建国")


@thing
def checked_batch(get: Any) -> Any:
    checked = _roster(get("bureau_staff"), "姓名\n李建国")
    checked.state = RosterState.READY
    checked.save()
    return checked


def _roster(by: Any, content: str) -> Any:
    kept = roster.keep_roster(by=by, name="名册.csv", source=ContentFile(content.encode()))
    return roster.open_roster(by=by, file=kept)


@thing
def transfer(get: Any) -> Transfer:
    batch = make_transfer_batch(get("other_branch"), get("branch"), by=get("bureau_staff"))
    found = batch.transfers.first()
    assert found is not None
    return found


@thing
def handed_over(get: Any) -> TransferBatch:
    return make_transfer_batch(get("other_branch"), get("branch"), by=get("bureau_staff"))


@thing
def run(get: Any) -> BackgroundRun:
    return BackgroundRun.objects.create(by=get("bureau_staff"), kind="导入党员名册", key="t:1")


@thing
def notice(get: Any) -> Notice:
    return Notice.objects.create(user=get("bureau_staff"), text="导入党员名册已经做完。")


@thing
def file(get: Any) -> StoredFile:
    source = ContentFile("姓名\n黄长江".encode())
    return roster.keep_roster(by=get("bureau_staff"), name="名册.csv", source=source)


@thing
def account(get: Any) -> User:
    return get("secretary")


@thing
def event(get: Any) -> AuditEvent:
    made = AuditEvent.objects.filter(area_path=get("district").path).first()
    assert made is not None
    return made


@thing
def code(get: Any) -> Any:
    return Code.objects.first()


@thing
def kind(get: Any) -> Any:
    return Kind.objects.first()


@thing
def parameter(get: Any) -> Any:
    return RuleParameter.objects.first()


@thing
def role(get: Any) -> Any:
    return Group.objects.first()
