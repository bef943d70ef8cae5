"""Rosters among 我的后台工作: which file, how many rows, and that an undo was refused."""

import datetime as dt

import pytest
from django.urls import reverse

from members.actions import update_member
from members.actions.roster_rows import decide_elsewhere
from members.models import Member
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db


def test_each_line_names_its_file_with_true_figures_and_a_refused_undo_is_called_so(
    write_csv, bureau_staff, branch, other_branch, client_for
):
    """Row 2 is new, row 3 is transferred from another branch."""
    make_member(other_branch, "李秀英", id_number=number(2), gender="2", former_unit="老厂")
    heading = ("姓名", "公民身份号码", "支部代码", "原工作单位")
    people = [["张建国", number(1), "QL0001", ""], ["李秀英", number(2), "QL0001", "新厂"]]
    path = write_csv(people, heading=heading, name="西街.csv")
    batch = checked(bureau_staff, path)
    decide_elsewhere(by=bureau_staff, batch=batch, decision="move")
    day = dt.date(2026, 11, 1)
    batch = written(bureau_staff, batch, moved_on=day, moved_document="介〔2026〕1号")
    zhang = Member.objects.get(name="张建国")
    update_member(by=bureau_staff, member=zhang, version=zhang.version, former_post="厂长")
    undone(bureau_staff, batch)

    client = client_for(bureau_staff)
    result = client.get(reverse("admin:members_rosterbatch_change", args=[batch.pk])).text
    assert "有1位另外几栏与登记不同，没有写入" in result
    records = client.get(reverse("runs")).context["records"]
    assert [record["what"] for record in records] == [
        "撤回党员名册：西街.csv",
        "写入党员名册：西街.csv",
        "核对党员名册：西街.csv",
    ]
    assert [record["mark"].word for record in records] == ["没有撤回", "已完成", "已完成"]
    assert all("已处理2行" in record["sub"] for record in records[1:])
    why = "导入以后又办了1种别的事，请看名册页。"
    assert why in records[0]["sub"]
    run_page = client.get(records[0]["url"]).text
    assert "没有撤回" in run_page
    assert why in run_page
    batch_page = reverse("admin:members_rosterbatch_change", args=[batch.pk])
    work = client.get(reverse("admin:core_backgroundrun_changelist")).text
    assert f'<a href="{batch_page}">{why}</a>' in work
    notices = client.get(reverse("notices")).text
    assert "撤回党员名册“西街.csv”：没有撤回。" in notices
    assert "写入党员名册“西街.csv”：共2行：新增1，" in notices
