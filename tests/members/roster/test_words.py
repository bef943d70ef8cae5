"""Words that were met by several processes: each is told once, in the earliest row of all."""

import json

import pytest

from branches.enums import BranchKind
from core.codes import CodeBook
from members.models import RosterRow
from members.parameters import check_parameters
from members.roster.columns import COLUMNS
from members.roster.headings import recognise
from members.roster.lookups import Places
from members.roster.validation import Judge
from members.roster.words import Word, Words
from tests.cast import TODAY
from tests.factories.branches import make_branch
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


@pytest.fixture
def counted(bureau_staff, branch, other_branch, write_csv):
    """Judge chunks of rows, each (the judge that has it, where it stands in the file), as they come."""
    heading = ("姓名", "公民身份号码", "所在党支部", "支部代码", "民族", "党小组")
    make_branch(branch.area, "甲 组", kind=BranchKind.PARTY_GROUP, parent=branch)
    here, there = ["", branch.code], ["", other_branch.code]
    both = [branch.name, branch.code]
    rows = [
        [f" {called(1)}", number(1), *here, "汉", ""],  # told with what was mended of his own
        [called(2), number(2), *both, "汉族", ""],
        [called(3), number(3), *there, "汉", "甲组"],  # which has no such group
        [
            called(4),
            number(4),
            branch.name,
            other_branch.code,
            "汉族",
            "",
        ],  # two branches: returned
        [called(5), number(5), *here, "汉", "甲组"],
        [called(6), number(6), *here, "汉族", ""],
    ]
    batch = checked(bureau_staff, write_csv([[called(7), number(7), "QL0001"]]), dry_run=True)

    def count(*order):
        judges, words = {}, Words()
        for who, place in order:
            judge = judges.get(who) or judges.setdefault(who, _judge(bureau_staff, heading))
            chunk = rows[2 * place : 2 * place + 2]
            judged = [judge.judge(row, cells) for row, cells in enumerate(chunk, 2 + 2 * place)]
            words.meet(judge.words_of(judged))
        return words.tell(batch)

    return count


def _judge(user, heading):
    return Judge(
        recognise([(1, heading)], needs_branch=True),
        places=Places(user, today=TODAY),
        books=CodeBook(*{column.codes for column in COLUMNS if column.codes}),
        parameters=check_parameters(),
        today=TODAY,
    )


@pytest.mark.parametrize(
    "order",
    [
        [("one", 0), ("one", 1), ("one", 2)],
        [("one", 2), ("one", 1), ("one", 0)],
        [("one", 0), ("other", 1), ("one", 2)],
        [("one", 0), ("one", 1), ("other", 2)],
        [("one", 1), ("other", 2), ("other", 0)],
    ],
)
def test_as_many_rows_are_told_whoever_has_which_of_them(counted, order):
    """汉 belongs to the first row, which was mended anyway; 甲组 to the fifth, the first that has it."""
    assert counted(*order) == 1
