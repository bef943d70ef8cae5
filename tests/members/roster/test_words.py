"""Words that were met by several processes: each is told once, in the earliest row of all."""

import json

import pytest

from members.models import RosterRow
from members.roster.words import Word, Words
from tests.members.roster.conftest import called, number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db
HAN = ("ethnicity", "汉", "汉族")
FULL = ("member_kind", "正式", "正式党员")


def test_the_earliest_row_tells_it_whoever_met_it_first(write_csv, bureau_staff, branch):
    people = [[called(order), number(order), "QL0001"] for order in (1, 3, 5)]
    people[0][0] = f" {people[0][0]}"
    batch = checked(bureau_staff, write_csv(people))
    words = Words()
    words.meet([Word(4, HAN, alone=True), Word(3, FULL, alone=True)])
    words.meet([Word(2, HAN, alone=False), Word(4, FULL, alone=True)])

    assert words.tell(batch) == 1

    noted = {row.row: json.loads(row.mended or "[]") for row in RosterRow.objects.order_by("row")}
    assert noted == {
        2: [["name", people[0][0], called(1)], [*HAN]],
        3: [[*FULL]],
        4: [],
    }
