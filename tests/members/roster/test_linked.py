"""Links that come with a roster: each home hears of them once, what was asked is settled (SYS-04)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, BackgroundRun, Notice
from core.runs import run_now
from members.actions import ask_office, waiting_requests
from members.actions.roster import confirm_roster
from members.actions.roster_rows import decide_elsewhere
from members.enums import MemberRequest
from members.roster import runs
from tests.cast import TODAY
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "活动组织")


def told(user):
    return list(Notice.objects.filter(user=user).values_list("text", "url"))


def sentence(by, number, branch):
    said = f"{by}同志按名册给本支部{number}位同志登记了活动组织"
    return (said, reverse("members:roster", args=[branch.pk]))


@pytest.fixture
def roster(write_csv, bureau_staff, branch, other_branch):
    """A known member and a new one take part in another branch; a third, at home there, here."""
    make_member(branch, "张建国", id_number=number(1))
    rows = [
        ["张建国", number(1), "QL0001", "QL0002"],
        ["李秀英", number(2), "QL0001", "QL0002"],
        ["王志明", number(3), "QL0002", "QL0001"],
    ]
    return checked(bureau_staff, write_csv(rows, heading=HEADING))


def test_each_home_is_told_once_how_many(
    roster, secretary, other_secretary, bureau_staff, branch, other_branch
):
    batch = written(bureau_staff, roster, "fill")
    assert batch.counts["links"] == 3
    assert told(secretary) == [sentence(bureau_staff, 2, branch)]
    assert told(other_secretary) == [sentence(bureau_staff, 1, other_branch)]


def test_a_link_that_was_asked_for_is_settled(
    roster, secretary, street_staff, bureau_staff, branch
):
    person = branch.members.get(name="张建国")
    others = make_member(branch, "赵明华")
    for each in (person, others):
        ask_office(
            by=secretary, member=each, kind=MemberRequest.LINK, on=TODAY, text="想去柳岸社区"
        )
    written(bureau_staff, roster, "fill")
    assert (waiting_requests(person), len(waiting_requests(others))) == ([], 1)
    assert AuditEvent.objects.get(act="办好活动组织申请").object_id == str(person.pk)


def test_of_members_elsewhere_their_home_is_told_once(
    write_csv, secretary, other_secretary, street_staff, bureau_staff, other_branch, branch
):
    people = [make_member(other_branch, name, id_number=number(order))
              for order, name in enumerate(("张建国", "李秀英"), 1)]  # fmt: skip
    ask_office(
        by=other_secretary, member=people[0], kind=MemberRequest.LINK, on=TODAY, text="想去柳岸"
    )
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]],
                     heading=HEADING[:3])  # fmt: skip
    batch = decide_elsewhere(
        by=bureau_staff, batch=checked(bureau_staff, path), decision="link", kind="COMMUNITY"
    )
    written(bureau_staff, batch)
    assert told(other_secretary) == [sentence(bureau_staff, 2, other_branch)]
    assert told(secretary) == []
    assert waiting_requests(people[0]) == []


def test_a_run_that_was_cut_off_at_its_end_tells_once(
    roster, secretary, bureau_staff, branch, monkeypatch
):
    batch = confirm_roster(by=bureau_staff, batch=roster, on_duplicate="fill", ring=False)

    def cut(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_finish", cut)
        with pytest.raises(KeyboardInterrupt):
            run_now(batch.write_run)
    assert told(secretary) == []
    BackgroundRun.objects.update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    run_now(batch.write_run)
    assert told(secretary) == [sentence(bureau_staff, 2, branch)]


def test_a_roster_without_links_tells_nobody(write_csv, secretary, bureau_staff, branch):
    written(bureau_staff, checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]])))
    assert told(secretary) == []
