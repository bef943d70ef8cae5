"""Nothing of 500 planted rows out of reach shows: no page, export, error file, select or log line."""

import csv
import datetime as dt
import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from branches.models import Area, Branch
from core.models import AuditEvent, User
from members.models import Member
from tests.access.markers import ID_NUMBER, ILLNESS, leaks, plant, text_of, unzipped
from tests.access.things import World
from tests.access.walking import rows
from tests.cast import TODAY
from tests.factories.members import make_id_number

REGISTERS = [row.name for row in rows() if row.name.endswith("_changelist")]
EXPORTS = [row.name for row in rows() if row.name.endswith("_export")]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Set the clock to the cast's day."""
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning, tick=True):
        yield


@pytest.fixture
def far(outsider: User, far_street: Area) -> set[str]:
    """Markers in D2, which is nobody's but the outsider's."""
    return plant(outsider, far_street, branches=16)


@pytest.fixture
def near(bureau_staff: User, other_street: Area) -> set[str]:
    """Markers in S2 of D1: the bureau's, but nobody's in S1."""
    return plant(bureau_staff, other_street, branches=8)


@pytest.fixture
def markers(far: set[str], near: set[str]) -> dict[str, set[str]]:
    """What each role must not meet. The trail is the auditor's to read, but holds no secrets."""
    secrets = {word for word in far | near if word.isascii() and word[:-1].isdigit()}
    illnesses = {word for word in far | near if word.startswith(ILLNESS)}
    # A member may live anywhere in the district: its communities are offered where he is registered.
    communities = {word for word in near if word.startswith("秘境")}
    return {
        "member": far | near,
        "group_leader": far | near,
        "committee_member": far | near,
        "station_head": far | near,
        "secretary": far | near - communities,
        "street_staff": far | near,
        "bureau_staff": far,
        "sysadmin": far | near,
        "auditor": {word for word in secrets if len(word) in {11, 18}} | illnesses,
    }


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="branches.backends.PostBackend")
    return client


def answers(client: Client, world: World, words: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield (address, answer) of every page, and of every list asked for what is out of reach."""
    for row in rows():
        address = row.address(world)
        if row.method == "GET":
            yield address, client.get(address)
        else:
            cookies: Any = client.cookies.copy()  # one of them signs out
            with transaction.atomic():
                yield address, client.post(address)
                transaction.set_rollback(True)
            client.cookies = cookies
    for name in REGISTERS:
        address = reverse(name)
        for query in ({"q": words[0]}, {"area": words[1]}, {"branch": words[2]}, {"all": ""}):
            yield f"{address}?{query}", client.get(address, query)
    for model, field in (("branch", "parent"), ("branch", "area"), ("appointment", "branch")):
        asked = {"app_label": "branches", "model_name": model, "field_name": field, "term": ""}
        yield f"autocomplete {asked}", client.get(reverse("admin:autocomplete"), asked)
        yield f"autocomplete {asked}", client.get(reverse("admin:autocomplete"), asked | {"p": 2})
    for name in EXPORTS:
        yield from exported(client, reverse(name))


def exported(client: Client, address: str) -> Iterator[tuple[str, Any]]:
    """Yield the files that an export page gives, everything ticked."""
    page = client.get(address, {"register": "all", "state": "all"})
    if page.status_code == 400:  # this list has no such questions
        page = client.get(address)
    if page.status_code != 200:
        return
    form = page.context["form"]
    fields = {name: "on" for name in form.fields if "resource_" in name}
    for number, _ in form.fields["format"].choices[1:]:
        sent = fields | {"format": number, "purpose": "核对"}
        answer = client.post(address, sent)
        assert answer["Content-Type"].startswith(("text/csv", "application/")), answer.content
        yield f"{address} {number}", answer


def test_no_page_tells_of_what_is_out_of_reach(
    request: pytest.FixtureRequest,
    markers: dict[str, set[str]],
    far_branch: Branch,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    """One world for every role: planting it costs as much as asking a role's pages.

    What is recorded is the last bar of ``make bench`` (``tests/bench/bench_leaks.py``).
    """
    users = {role: request.getfixturevalue(role) for role in markers}
    owner, theirs = request.getfixturevalue("outsider"), request.getfixturevalue("far")
    assert_they_are_found_by_whom_they_belong_to(owner, theirs)
    assert_the_trail_holds_no_secrets(theirs)
    world = World(request)
    assert len(markers["secretary"]) >= 500
    hidden = Member.objects.filter(branch__area_path__startswith=far_branch.area_path[:4]).first()
    assert hidden is not None
    words = [hidden.name, far_branch.area.code, str(hidden.branch_id)]
    found, count = {}, 0
    for role, user in users.items():
        forbidden = markers[role] - set(words)  # a page may repeat what was typed into it
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            for address, answer in answers(client_of(user), world, words):
                assert answer.status_code < 500, (role, address)
                count += 1
                if shown := leaks(text_of(answer), forbidden):
                    found[role, address] = sorted(shown)
        logged = caplog.text.encode()
        if shown := leaks(logged, forbidden) | {
            each.decode() for each in ID_NUMBER.findall(logged)
        }:
            found[role, "the log"] = sorted(shown)
    record_property("answers", count)
    record_property("markers", len(set().union(*markers.values())))
    record_property("leaks", sum(map(len, found.values())))
    assert found == {}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("电话13800001111。", {"13800001111"}),
        ("<a href=/x13800001111y/>", {"13800001111"}),
        ("_13800001111_", {"13800001111"}),
        ("1380000<wbr>1111", {"13800001111"}),
        ("1380000 1111\n13800001112", set()),
        ("甲MX99乙", {"MX99"}),
        ("mx99 MX9 9", set()),
        ("在密谈1次990101。", {"密谈1次990101"}),
        ("密谈1次<wbr>990101", {"密谈1次990101"}),
        (r'{"topic": "\u5bc6\u8c081\u6b21990101"}', {"密谈1次990101"}),
        ("密谈2次990101", set()),
        ("", set()),
    ],
)
def test_a_marker_is_found_wherever_it_stands(page: str, found: set[str]) -> None:
    assert leaks(page.encode(), {"13800001111", "MX99", "密谈1次990101"}) == found


def assert_they_are_found_by_whom_they_belong_to(outsider: User, far: set[str]) -> None:
    """The search itself works: the outsider meets every branch and member of his own."""
    client, seen = client_of(outsider), b""
    for name in ("admin:branches_branch_changelist", "admin:members_member_changelist"):
        for page in range(1, 5):
            seen += text_of(client.get(reverse(name), {"p": page}))
    shown = leaks(seen, far)
    names = {word for word in far if word.startswith(("隐", "密林"))}
    assert names <= shown
    assert not {word for word in shown if len(word) in {11, 18} and word[:-1].isdigit()}


def assert_the_trail_holds_no_secrets(far: set[str]) -> None:
    """What was planted is on the trail, but neither numbers nor telephones."""
    secrets = {word for word in far if len(word) in {11, 18} and word[:-1].isdigit()}
    written = "\n".join(
        f"{event.object_label}{event.before}{event.after}{event.note}"
        for event in AuditEvent.objects.all()
    )
    assert len(secrets) > 100
    assert leaks(written.encode(), secrets) == set()


def test_what_is_handed_in_tells_nothing_of_what_it_names(
    bureau_staff: User,
    branch: Branch,
    community: Area,
    far: set[str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One planting for both kinds of file: it costs ten times what they do."""
    a_table_tells_nothing_of_the_holder_of_a_code(bureau_staff, community, far)
    a_roster_tells_nothing_of_the_holder_of_a_number(bureau_staff, branch, far, tmp_path, caplog)


def a_roster_tells_nothing_of_the_holder_of_a_number(
    bureau_staff: User,
    branch: Branch,
    far: set[str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    holder = Member.objects.exclude(branch=branch).order_by("pk")[3]
    other = Member.objects.exclude(branch=branch).order_by("pk")[4]
    assert other.branch is not None
    stranger = make_id_number()
    typed = {"查无此人", holder.id_number, other.branch.code, stranger, other.branch.name}
    sheet, errors, out = tmp_path / "名册.csv", tmp_path / "退回.xlsx", io.StringIO()
    with sheet.open("w", encoding="gb18030", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["姓名", "公民身份号码", "支部代码", "所在党支部"])
        table.writerow(["查无此人", holder.id_number, branch.code, ""])
        table.writerow(["查无此人", stranger, other.branch.code, ""])
        table.writerow(["查无此人", make_id_number(), "", other.branch.name])
    options = ("--by", bureau_staff.username, "--json", "--errors", str(errors))
    with caplog.at_level(logging.DEBUG), pytest.raises((SystemExit, CommandError)):
        call_command("import_roster", str(sheet), *options, stdout=out, stderr=out)
    forbidden = {word for word in far if not any(word in each for each in typed)}
    assert leaks(out.getvalue().encode(), forbidden) == set()
    assert leaks(unzipped(errors.read_bytes()), forbidden) == set()
    assert leaks(caplog.text.encode(), far) == set()
    client = client_of(bureau_staff)
    address = reverse("admin:members_rosterbatch_changelist")
    page = text_of(client.get(address))
    for row in client.get(address).context["cl"].result_list:
        page += text_of(client.get(reverse("admin:members_rosterbatch_change", args=[row.pk])))
    assert leaks(page, forbidden) == set()


def a_table_tells_nothing_of_the_holder_of_a_code(
    bureau_staff: User, community: Area, far: set[str]
) -> None:
    theirs = Branch.objects.filter(code__startswith="MX").first()
    assert theirs is not None
    table = (
        "组织代码,组织名称,组织类别,所在区划代码,上级组织代码,成立日期\n"
        f"{theirs.code},夺名党支部,党支部,{community.code},,\n"
        f"N1,甲党支部,党支部,{theirs.area.code},,\n"
    )
    file = SimpleUploadedFile("组织.csv", table.encode())
    sent = {"import_file": file, "format": "1", "resource": ""}
    page = client_of(bureau_staff).post(reverse("admin:branches_branch_import"), sent)
    assert len(page.context["result"].invalid_rows) == 2
    assert leaks(text_of(page), far - {theirs.code, theirs.area.code}) == set()
