"""Decisions about rows, made before unknown branches were named, and what is left of them after."""

import datetime as dt
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.urls import reverse

from core.runs import run_now
from members.actions import update_member
from members.actions.learnt import name_branches
from members.actions.roster_rows import Answer, decide_rows
from members.models import RosterRow
from members.roster.carried import decide_again, keep_decisions
from members.roster.reporting import summarise
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "所在党支部", "原工作单位")
BORN = dt.date(1950, 1, 1)


def test_decisions_stay_where_they_still_apply_and_the_page_says_which_do_not(
    write_csv, bureau_staff, branch, client_for
):
    """Row 2 is the same person, row 3 is changed meanwhile, row 4 names a branch nobody knows."""
    make_member(branch, "张建国", id_number=number(1), birth_date=BORN)
    zhao = make_member(branch, "王志明", id_number=number(3), former_unit="老厂")
    rows = [
        ["张建国", number(5), branch.name, "新厂"],
        ["王志明", number(3), branch.name, "新厂"],
        ["李四海", number(7), "老城片支部", ""],
    ]
    batch = checked(bureau_staff, write_csv(rows, heading=HEADING))
    answers = [
        Answer(2, "number", ("former_unit",), reason="与身份证核对过"),
        Answer(3, "take", ("former_unit",)),
    ]
    decide_rows(by=bureau_staff, batch=batch, answers=answers)
    update_member(by=bureau_staff, member=zhao, version=zhao.version, former_post="厂长")

    batch = name_branches(by=bureau_staff, batch=batch, answers={"老城片支部": branch})
    run_now(batch.check_run)

    page = client_for(bureau_staff).get(
        reverse("admin:members_rosterbatch_change", args=[batch.pk])
    )
    assert "先前在1行上选好的都保留着" in page.text
    assert "有1行的情况和先前选的时候不一样了" in page.text
    decided = RosterRow.objects.filter(batch=batch).order_by("row")
    assert list(decided.values_list("decision", "detail", "reason")) == [
        ("number", "former_unit", "与身份证核对过"),
        (None, None, None),
        (None, None, None),
    ]
    batch.refresh_from_db()
    figures = summarise(batch)
    assert (figures.changed, figures.new, figures.to_confirm) == (1, 1, 1)
    assert batch.decided == ""


def test_the_same_person_who_brings_nothing_new_is_not_changed(write_csv, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1), birth_date=BORN, former_unit="老厂")
    path = write_csv([["张建国", number(5), branch.name, "老厂"]], heading=HEADING)
    batch = checked(bureau_staff, path)
    batch = decide_rows(by=bureau_staff, batch=batch, answers=[Answer(2, "same")])
    assert (summarise(batch).changed, summarise(batch).unchanged) == (0, 1)
    batch = written(bureau_staff, batch)
    assert (summarise(batch).changed, summarise(batch).unchanged) == (0, 1)


def test_a_decision_does_not_follow_a_row_into_another_branch(
    write_csv, bureau_staff, branch, other_branch
):
    make_member(branch, "张建国", id_number=number(1), birth_date=BORN, former_unit="老厂")
    path = write_csv([["张建国", number(5), branch.name, "新厂"]], heading=HEADING)
    batch = checked(bureau_staff, path)
    decide_rows(
        by=bureau_staff,
        batch=batch,
        answers=[Answer(2, "number", ("former_unit",), reason="与身份证核对过")],
    )
    batch.decided = keep_decisions(batch)
    rows = RosterRow.objects.filter(batch=batch)
    before = rows.get().branch
    rows.update(branch=other_branch.pk, decision=None, detail=None, reason=None)
    progress = SimpleNamespace(chunk=nullcontext)
    assert decide_again(batch, progress) == (0, 1)
    rows.update(branch=before)
    assert decide_again(batch, progress) == (1, 0)
