"""What went out of the register comes back as it was."""

import datetime as dt

import pytest

from core.exports import Sheet
from members.models import Member
from members.resources import MemberResource
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db


def test_a_date_of_which_only_the_month_is_known_goes_out_and_comes_back_as_a_month(
    write_csv, import_roster, bureau_staff, branch
):
    known = {"join_date": dt.date(1970, 7, 1), "work_start": dt.date(1968, 9, 1)}
    months = "join_date,work_start"
    member = make_member(branch, "张建国", id_number=number(1), month_only=months, **known)
    sheet = Sheet(MemberResource(user=bureau_staff), Member.objects.all())
    (cells,) = sheet.lines(sheet.rows)
    line = dict(zip(sheet.headings, cells, strict=True))
    assert [line[name] for name in ("出生日期", "入党日期", "参加工作时间")] == [
        member.birth_date,
        "1970-07",
        "1968-09",
    ]

    line |= {"公民身份号码": member.id_number, "入党日期": "1971-08", "联系电话": ""}
    back = write_csv([list(line.values())], heading=list(line))
    report = import_roster(back, bureau_staff, "--on-duplicate", "overwrite")

    assert (report.code, report["changed"]) == (0, 1)
    again = Member.objects.get()
    assert (again.birth_date, again.work_start) == (member.birth_date, member.work_start)
    assert (again.join_date, again.month_only) == (dt.date(1971, 8, 1), months)
