"""Rosters that meet in the same people, one of them taken back: nothing breaks, nothing is in the way."""

import pytest

from members.actions import update_member
from members.enums import RosterState
from members.models import Affiliation, Member
from members.roster.preview import lines, rows_of
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "联系电话", "原工作单位", "活动组织")
EDITED = "导入以后，资料又改过（修改、转接、登记已故，或另一份名册）"
LINKED = "导入以后，又登记了活动组织"


@pytest.fixture
def roster(write_csv, bureau_staff, branch, other_branch):
    """Check a roster of 赵德胜 in the first branch, with what is said of him."""

    def check(unit="", phone="16111112222", place=""):
        row = ["赵德胜", number(5), "QL0001", phone, unit, place]
        return checked(bureau_staff, write_csv([row], heading=HEADING))

    return check


def test_who_was_taken_out_meanwhile_is_held_and_the_roster_is_written(roster, bureau_staff):
    first = written(bureau_staff, roster())
    second = roster("新厂", place="QL0002")
    undone(bureau_staff, first)

    second = written(bureau_staff, second, "fill")

    assert (second.state, second.counts["changed"]) == (RosterState.DONE, 0)
    (line,) = lines(second, list(rows_of(second, "held")), user=bureau_staff)
    assert [found.code for found in line.findings] == ["EDITED_MEANWHILE"]
    assert (Member.objects.count(), Affiliation.objects.count()) == (0, 0)


def test_the_last_one_back_first_then_the_one_before(roster, bureau_staff):
    """What one roster made, a second filled and linked; the first is refused until the second is back."""
    first = written(bureau_staff, roster())
    second = written(bureau_staff, roster("新厂", place="QL0002"), "fill")
    third = written(bureau_staff, roster("新厂", phone="16133334444"), "overwrite")
    first = undone(bureau_staff, first)
    assert [what for what, _, _ in first.undo_refusals] == [EDITED, LINKED]

    for batch in (third, second, first):
        assert undone(bureau_staff, batch).undo_refusals == []

    assert (Member.objects.count(), Affiliation.objects.count()) == (0, 0)


def test_an_edit_between_stays_an_obstacle(roster, bureau_staff):
    first = written(bureau_staff, roster())
    second = written(bureau_staff, roster("新厂"), "fill")
    undone(bureau_staff, second)
    member = Member.objects.get()
    update_member(by=bureau_staff, member=member, version=member.version, former_post="科长")
    first = undone(bureau_staff, first)
    assert (first.state, first.undo_refusals) == (RosterState.DONE, [[EDITED, 1, [member.pk]]])
