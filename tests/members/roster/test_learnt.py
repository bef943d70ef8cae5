"""What is remembered of rosters: nobody changes under others what a wider reach has said."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.files import keep_file
from members.actions.learnt import choose_columns, name_branches, read_heading
from members.actions.roster import discard_roster, open_roster
from members.models import BranchAlias, Member, RosterHeading
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
BY_NAME = ("姓名", "公民身份号码", "所在党支部")


def test_a_name_of_the_bureau_s_stays_what_the_bureau_said(
    write_csv, bureau_staff, secretary, branch, other_branch
):
    """Else the bureau's next roster would put its people into the secretary's branch."""

    def named(user, order, **options):
        row = [f"张建{chr(0x4E00 + order)}", number(order), "老城片支部"]
        return checked(user, write_csv([row], heading=BY_NAME), **options)

    first = named(bureau_staff, 1)
    name_branches(by=bureau_staff, batch=first, answers={"老城片支部": other_branch})
    hers = named(secretary, 2, branch=branch)
    with pytest.raises(ValidationError, match="已经另有所指，不能改认。请在表格里"):
        name_branches(by=secretary, batch=hers, answers={"老城片支部": branch})
    alias = BranchAlias.objects.get()
    assert (alias.branch, alias.by) == (other_branch, bureau_staff)
    written(bureau_staff, named(bureau_staff, 3))
    assert Member.objects.get().branch == other_branch

    name_branches(by=bureau_staff, batch=named(bureau_staff, 4), answers={"老城片支部": branch})
    assert BranchAlias.objects.get().branch == branch


def test_a_heading_is_said_anew_by_its_author_or_for_the_whole_district(
    write_csv, bureau_staff, secretary, branch
):
    path = write_csv(
        [["张建国", number(1), "QL0001", "甲"]], heading=(*BY_NAME[:2], "支部代码", "我的列")
    )

    def chosen(user, field):
        file = keep_file(by=user, name=f"{field}.csv", source=path)
        batch = read_heading(by=user, batch=open_roster(by=user, file=file, branch=branch))
        fields = ["name", "id_number", "branch_code", field]
        batch = choose_columns(by=user, batch=batch, fields=fields)
        assert batch.layout["fields"][3] == field
        discard_roster(by=user, batch=batch)
        return RosterHeading.objects.values_list("field", "by").get()

    assert chosen(secretary, "remark") == ("remark", secretary.pk)
    assert chosen(secretary, "major") == ("major", secretary.pk)
    assert chosen(bureau_staff, "building") == ("building", bureau_staff.pk)
    assert chosen(secretary, "address") == ("building", bureau_staff.pk)


def test_what_looks_like_somebody_s_number_is_neither_kept_nor_learnt(
    write_csv, bureau_staff, branch, client_for
):
    """A column taken for another, a person taken for the heading (security §5a)."""
    client = client_for(bureau_staff)
    path = write_csv([["李四海", number(2), "QL0001"]], heading=["张建国", number(1), "QL0001"])
    file = keep_file(by=bureau_staff, name="a.csv", source=path)
    batch = read_heading(by=bureau_staff, batch=open_roster(by=bureau_staff, file=file))
    address = reverse("admin:roster-heading", args=[batch.pk])
    answer = client.post(address, {"row": "1"}, follow=True)
    assert "这一行像是一位同志，不是表头。" in answer.text
    batch.refresh_from_db()
    assert batch.layout["headings"] == []

    path = write_csv([["张建国", number(1), number(7)], ["李四海", number(2), "老城片"]])
    batch = checked(bureau_staff, path)
    page = client.get(reverse("admin:members_rosterbatch_change", args=[batch.pk])).text
    assert (number(7) in page, "“老城片”（1行）" in page) == (False, True)
    assert number(7) not in batch.strangers
