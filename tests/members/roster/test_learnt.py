"""What is remembered of rosters: nobody changes under others what a wider reach has said."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from openpyxl import Workbook

from branches.kept_paths import highest_kept
from branches.models import Branch
from core.files import keep_file
from core.models import AuditEvent
from core.runs import run_now
from members.actions.learnt import choose_columns, forget_alias, name_branches, read_heading
from members.actions.roster import check_roster, discard_roster, open_roster
from members.models import BranchAlias, Member, RosterHeading
from members.roster.learnt import headings_of
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
BY_NAME = ("姓名", "公民身份号码", "所在党支部")


def change_of(batch):
    """Return the address of BATCH's page in the office."""
    return reverse("admin:members_rosterbatch_change", args=[batch.pk])


@pytest.fixture
def named(write_csv):
    """Check as somebody a roster of one person who is at home in 老城片支部."""

    def check(user, order, word="老城片支部", **options):
        row = [f"张建{chr(0x4E00 + order)}", number(order), word]
        return checked(user, write_csv([row], heading=BY_NAME), **options)

    return check


def recheck(user, batch, branch, word="老城片支部"):
    """Say which branch the word of BATCH means; return the batch, checked again."""
    batch = name_branches(by=user, batch=batch, answers={word: branch})
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch


def test_a_name_of_the_bureau_s_stays_what_the_bureau_said(
    named, bureau_staff, secretary, branch, other_branch
):
    """Else the bureau's next roster would put its people into the secretary's branch."""
    recheck(bureau_staff, named(bureau_staff, 1), other_branch)
    hers = named(secretary, 2, branch=branch)
    with pytest.raises(ValidationError, match=r"已经另有所指，.*请在表格里.*请上级老干部局到"):
        name_branches(by=secretary, batch=hers, answers={"老城片支部": branch})
    alias = BranchAlias.objects.get()
    assert (alias.branch, alias.by) == (other_branch, bureau_staff)
    written(bureau_staff, named(bureau_staff, 3))
    assert Member.objects.get().branch == other_branch
    name_branches(by=bureau_staff, batch=named(bureau_staff, 4), answers={"老城片支部": branch})
    assert BranchAlias.objects.get().branch == branch


def test_a_secretary_s_answer_holds_for_her_own_roster_only(
    named, bureau_staff, secretary, branch, other_branch
):
    hers = recheck(secretary, named(secretary, 1), branch)
    assert (hers.counts["N"], hers.totals["branch"]) == (1, [[branch.name, 1]])
    assert BranchAlias.objects.count() == 0
    told = AuditEvent.objects.get(act="认出名册里的党支部")
    assert (told.after, told.note) == ({"alias": "老城片支部"}, "只用于这一份名册。")
    assert named(secretary, 2).counts["R"] == 1
    assert named(bureau_staff, 3).counts["R"] == 1


def test_a_street_s_answer_holds_in_its_street_until_the_bureau_says_otherwise(
    named, bureau_staff, street_staff, secretary, other_secretary, branch, other_branch
):
    recheck(street_staff, named(street_staff, 1), branch)
    assert named(street_staff, 2).counts["N"] == named(secretary, 3).counts["N"] == 1
    for outside in (bureau_staff, other_secretary):
        assert named(outside, 4).counts["R"] == 1
    recheck(bureau_staff, named(bureau_staff, 5), other_branch)
    assert named(street_staff, 6).counts["R"] == 1
    with pytest.raises(PermissionDenied):
        forget_alias(by=secretary, alias=BranchAlias.objects.get(branch=branch))
    for alias in BranchAlias.objects.all():
        forget_alias(by=bureau_staff, alias=alias)
    assert BranchAlias.objects.count() == 0


def test_the_name_of_a_branch_is_never_taught_for_another(
    named, bureau_staff, street_staff, branch, other_branch
):
    Branch.objects.filter(pk=other_branch.pk).update(short_name="柳岸支部")
    for order, word in enumerate((other_branch.name, "柳岸支部"), 1):
        batch = recheck(street_staff, named(street_staff, order, word), branch, word)
        assert batch.counts["N"] == 1
    assert BranchAlias.objects.count() == 0
    # Nor does an older word for one hold once a branch bears it.
    recheck(bureau_staff, named(bureau_staff, 5), branch)
    Branch.objects.filter(pk=other_branch.pk).update(short_name="老城片支部")
    assert named(bureau_staff, 7).counts["R"] == 1


def test_the_preview_says_first_which_rows_a_remembered_name_placed(
    named, bureau_staff, secretary, branch, client_for
):
    first = recheck(bureau_staff, named(bureau_staff, 1), branch)
    said = f"有1行是按以前认过的写法归入党支部的：“老城片支部”归入“{branch.name}”（1行）。"
    office = client_for(bureau_staff)
    assert said not in office.get(change_of(first)).text  # he has just said so himself
    page = office.get(change_of(named(bureau_staff, 2))).text
    assert said in page
    assert reverse("admin:members_branchalias_changelist") in page
    hers = client_for(secretary).get(reverse("members:batch", args=[named(secretary, 3).pk])).text
    assert said in hers
    assert "请上级老干部局到“党支部别名”里删去" in hers


@pytest.fixture
def choose(write_csv, branch):
    """Say as somebody what the fourth column is; return the batch, given up again."""

    def chosen(user, heading, field, cell="甲"):
        names = (*BY_NAME[:2], "支部代码", heading)
        path = write_csv([["张建国", number(1), branch.code, cell]], heading=names)
        file = keep_file(by=user, name=f"{field}.csv", source=path)
        batch = read_heading(by=user, batch=open_roster(by=user, file=file, branch=branch))
        fields = ["name", "id_number", "branch_code", field]
        batch = choose_columns(by=user, batch=batch, fields=fields)
        assert batch.layout["fields"][3] == field  # in his own roster it holds always
        return discard_roster(by=user, batch=batch)

    return chosen


def test_a_heading_is_remembered_only_from_who_speaks_for_the_whole_district(
    choose, bureau_staff, street_staff, secretary
):
    for user in (secretary, street_staff):
        choose(user, "我的列", "remark")
    assert not RosterHeading.objects.exists()
    assert not AuditEvent.objects.filter(act="认出名册的表头").exists()
    choose(bureau_staff, "我的列", "building")
    choose(secretary, "我的列", "address")
    assert RosterHeading.objects.values_list("field", "by").get() == ("building", bureau_staff.pk)
    told = AuditEvent.objects.get(act="认出名册的表头")
    assert (told.by, told.after) == (bureau_staff, {"headings": "我的列 → 楼栋"})
    assert told in AuditEvent.objects.visible_to(bureau_staff)
    choose(bureau_staff, "我的列", "remark")
    assert RosterHeading.objects.get().field == "remark"


def test_what_secretaries_taught_for_everybody_before_holds_no_more(
    bureau_staff, street_staff, secretary, superuser, branch, capsys
):
    step = import_module("members.migrations.0027_headings_of_offices")
    taught = (bureau_staff, street_staff, secretary, superuser)
    for user in taught:
        RosterHeading.objects.create(
            district=branch.area.code[:6], heading=user.username, field="remark", by=user
        )
    step.forget_the_others(apps, SimpleNamespace(connection=connection))
    assert "2 个表头的意思不再记着" in capsys.readouterr().out
    kept = set(RosterHeading.objects.values_list("heading", flat=True))
    assert kept == {bureau_staff.username, superuser.username}
    assert set(headings_of(branch.area.code[:6])) == kept


def test_names_that_secretaries_taught_for_everybody_before_hold_no_more(
    bureau_staff, street_staff, secretary, superuser, district, branch, capsys
):
    """What a street taught for itself stays."""
    step = import_module("members.migrations.0028_aliases_of_offices")
    taught = [(user, district) for user in (bureau_staff, street_staff, secretary, superuser)]
    for user, area in [*taught, (street_staff, branch.area.parent)]:
        name = f"{user.username}{area.name}"
        BranchAlias.objects.create(
            district=branch.area.code[:6],
            key=name,
            name=name,
            by=user,
            area_path=area.path,
            branch=branch,
        )
    step.forget_the_others(apps, SimpleNamespace(connection=connection))
    assert "2 个党支部的叫法不再记着" in capsys.readouterr().out
    kept = set(BranchAlias.objects.values_list("by__username", "area_path"))
    assert kept == {
        *((bureau_staff.username, district.path), (superuser.username, district.path)),
        (street_staff.username, branch.area.parent.path),
    }


def test_a_heading_with_a_plain_meaning_is_taught_to_nobody(
    choose, write_csv, bureau_staff, street_staff, branch
):
    """Else the next street's telephones lie among the buildings."""
    choose(bureau_staff, "联系电话", "building", "16100001234")
    assert not RosterHeading.objects.exists()
    RosterHeading.objects.create(
        district=branch.area.code[:6], heading="联系电话", field="building", by=bureau_staff
    )
    names = (*BY_NAME[:2], "支部代码", "联系电话")
    path = write_csv([["李四海", number(3), branch.code, "16100001234"]], heading=names)
    written(street_staff, checked(street_staff, path))
    member = Member.objects.get()
    assert (member.phone, member.building) == ("16100001234", "")


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
    page = client.get(change_of(batch)).text
    assert (number(7) in page, "“老城片”（1行）" in page) == (False, True)
    assert number(7) not in batch.strangers


def test_a_number_in_the_wrong_column_is_quoted_nowhere(
    write_csv, bureau_staff, branch, client_for
):
    """Not on the page, not among the kept findings, not as the name of a new member."""
    whole, spaced, phone = (
        number(1),
        f"{number(3)[:6]} {number(3)[6:14]} {number(3)[14:]}",
        "16100001234",
    )
    path = write_csv(
        [
            ["张建国", number(5), branch.code, whole],
            ["李秀英", number(7), branch.code, f"女{spaced}"],
            [phone, number(9), branch.code, "男"],
        ],
        heading=(*BY_NAME[:2], "支部代码", "性别"),
    )
    batch = checked(bureau_staff, path)
    kept = " ".join(batch.rows.exclude(problems=None).values_list("problems", flat=True))
    page = client_for(bureau_staff).get(change_of(batch), {"tab": "rejected"})
    assert batch.counts["R"] == 3
    assert "不在“性别”的选项里" in kept
    assert "像是证件号码或电话。请填姓名" in page.text
    for said in (whole, spaced, phone):
        assert (said in kept, said in page.text) == (False, False)
    assert not batch.rows.exclude(name=None).filter(name=phone).exists()


def test_a_number_in_a_file_s_or_a_sheet_s_name_is_not_kept(bureau_staff, branch, tmp_path):
    book = Workbook()
    book.active.title = number(1)
    book.active.append([*BY_NAME])
    book.active.append(["张建国", number(1), branch.name])
    path = tmp_path / f"{number(1)}张建国.xlsx"
    book.save(path)
    file = keep_file(by=bureau_staff, name=path.name, source=path)
    batch = read_heading(by=bureau_staff, batch=open_roster(by=bureau_staff, file=file))
    batch = check_roster(by=bureau_staff, batch=batch, ring=False)
    run_now(batch.check_run)
    batch.refresh_from_db()
    assert batch.counts["N"] == 1
    said = (file.name, batch.file_name, batch.sheet, str(batch.workbook))
    assert not any(number(1) in each for each in said)
    assert file.name.endswith("张建国.xlsx")


def test_what_was_taught_before_territories_holds_in_its_district(
    named, bureau_staff, district, branch
):
    """And back: of one name in a district the widest territory's word stays."""
    step = import_module("members.migrations.0021_roster_names_taught")
    recheck(bureau_staff, named(bureau_staff, 1), branch)
    taught = BranchAlias.objects.get()
    BranchAlias.objects.update(area_path="")
    assert named(bureau_staff, 2).counts["R"] == 1
    step.give_paths(apps, None)
    assert BranchAlias.objects.get().area_path == district.path
    assert named(bureau_staff, 3).counts["N"] == 1
    BranchAlias.objects.create(
        district=taught.district,
        key=taught.key,
        name=taught.name,
        area_path=branch.area_path,
        branch=branch,
        by=bureau_staff,
    )
    step.keep_widest(apps, None)
    assert BranchAlias.objects.get() == taught


def test_the_path_of_a_territory_taught_for_is_not_given_again(named, bureau_staff, street, branch):
    recheck(bureau_staff, named(bureau_staff, 1), branch)
    late = f"{street.path[:4]}0ZZZ"
    BranchAlias.objects.update(area_path=late)
    assert highest_kept(street.path[:4]) == late


def test_a_roster_given_up_keeps_no_answers(named, secretary, branch):
    batch = recheck(secretary, named(secretary, 1), branch)
    assert batch.named
    batch = discard_roster(by=secretary, batch=batch)
    batch.refresh_from_db()
    assert (batch.named, batch.decided) == ("", "")
