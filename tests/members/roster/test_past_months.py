"""A roster imported today leaves the months before as they were: 应到 counts who was there."""

import datetime as dt

import pytest

from activities.querysets import attendees
from members.actions import mark_deceased, transfer_member
from tests.cast import TODAY
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 15)


def due(branch, day):
    return sorted(each.name for each in attendees(branch, day) if not each.is_guest)


def test_who_comes_by_a_roster_was_there_last_month(write_csv, import_roster, bureau_staff, branch):
    heading = ("姓名", "公民身份号码", "支部代码", "入党日期")
    rows = [
        ["张建国", number(1), "QL0001", "1980年7月"],
        ["李秀英", number(2), "QL0001", ""],
        ["王新党", number(3), "QL0001", "2026年11月2日"],
    ]
    import_roster(write_csv(rows, heading=heading), bureau_staff)
    assert due(branch, OCTOBER) == ["张建国", "李秀英"]
    assert due(branch, dt.date(2020, 3, 15)) == ["张建国", "李秀英"]
    assert due(branch, TODAY) == ["张建国", "李秀英", "王新党"]


def test_a_known_first_day_a_transfer_and_a_death_tell(branch, other_branch):
    moved = make_member(branch, "张建国", home_since=None)
    came = make_member(other_branch, "李秀英", home_since=dt.date(2026, 11, 1))
    gone = make_member(branch, "王志强", home_since=None)
    day = dt.date(2026, 11, 10)
    transfer_member(by=None, member=moved, to=other_branch, on=day, document="信1号")
    mark_deceased(by=None, member=gone, on=dt.date(2026, 11, 5))
    assert due(branch, OCTOBER) == ["张建国", "王志强"]
    assert due(branch, dt.date(2026, 11, 4)) == ["张建国", "王志强"]
    assert due(branch, dt.date(2026, 11, 5)) == ["张建国"]
    assert due(branch, TODAY) == []
    assert due(other_branch, OCTOBER) == []
    assert due(other_branch, TODAY) == ["张建国", "李秀英"]
    assert came.branch == other_branch
