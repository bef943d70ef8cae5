"""Rows packed in one process and inserted by another arrive as they were; what is asked of them is at hand."""

import re

import pytest
from django.db import connection

from core import bulk
from members.models import Member, RosterRow
from members.roster import matching, staging
from members.roster.register import Digests
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
COLUMNS = ("batch_id", "row", "state", "problems", "floating", "name")
AWKWARD = ["甲\t乙", "甲\n乙", "甲\r乙", "C:\\新\\N", "\\.", '"引"号,', "\\N", "平常"]


def test_packed_rows_arrive_as_they_were():
    rows = [(1, row, "N", text, True, None) for row, text in enumerate(AWKWARD)]
    halves = [bulk.pack(rows[:3]), bulk.pack(rows[3:])]
    assert [each.number for each in halves] == [3, len(rows) - 3]
    bulk.append_packed(RosterRow, COLUMNS, halves)
    kept = RosterRow.objects.order_by("row").values_list("problems", "floating", "name")
    assert list(kept) == [(text, True, None) for text in AWKWARD]


def test_who_was_decided_and_which_branches_are_new_is_known_without_reading_the_rows():
    RosterRow.objects.bulk_create(
        RosterRow(batch_id=1, row=row, state="N" if row < 20 else "S", branch=7)
        for row in range(2, 3_000)
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # reads a small table whole, unless it may not
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("ANALYZE members_rosterrow")
    staged = RosterRow.objects.filter(batch=1).order_by()
    decided = staged.filter(decision__isnull=False).values_list("state", "decision").distinct()
    assert re.search(r"(?i)index.* roster_row_decided", decided.explain())
    branches = staged.filter(state="N").values_list("branch", flat=True).distinct()
    assert re.search(
        r"(?i)(covering index|index only scan using) roster_row_state", branches.explain()
    )


def test_a_check_of_a_first_roster_does_only_what_it_tells(
    monkeypatch, write_csv, import_roster, bureau_staff, branch
):
    """Whoever is not to be registered needs no search forms; where nobody is nobody is looked for."""
    path = write_csv([["张建国", number(1), "QL0001"], ["李", number(2), "QL0001"]])
    done = []
    monkeypatch.setattr(staging, "search_forms", lambda *_: done.append("spelled") or {})
    monkeypatch.setattr(matching.Matcher, "_digest", lambda *_: done.append("looked for"))
    checked = import_roster(path, bureau_staff, "--dry-run")
    assert (checked.data["new"], checked.codes, done) == (1, ["NAME_LENGTH"], [])


def test_a_newcomer_is_registered_with_what_he_is_found_by(
    write_csv, import_roster, bureau_staff, branch
):
    import_roster(write_csv([["张建国", number(1), "QL0001"]]), bureau_staff)
    member = Member.objects.get()
    assert (member.name_pinyin, member.name_initials) == ("zhangjianguo", "zjg")
    assert member.missing_fields.startswith("ethnicity")
    assert member.id_number_index == Digests().id_number(number(1))
