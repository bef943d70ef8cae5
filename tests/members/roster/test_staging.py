"""Rows packed in one process and inserted by another arrive as they were."""

import pytest

from core import bulk
from members.models import RosterRow

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
