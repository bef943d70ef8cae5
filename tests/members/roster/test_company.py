"""What rows of one file share is known before they are judged, in the order of the file."""

import pytest

from core.codes import CodeBook
from members.parameters import check_parameters
from members.roster.company import Company
from members.roster.headings import recognise
from members.roster.lookups import Places
from members.roster.validation import Judge
from tests.cast import TODAY
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db
HEADING = ["姓名", "公民身份号码", "支部代码", "联系电话", "固定电话"]
PHONE, HOME = "16112345678", "025-88886666"


@pytest.fixture
def judge(bureau_staff, branch):
    return Judge(
        recognise([(1, HEADING)], needs_branch=True),
        places=Places(bureau_staff, today=TODAY),
        books=CodeBook(),
        parameters=check_parameters(),
        today=TODAY,
        is_csv=True,
    )


def rows(*people):
    """Rows of a number and two telephones, from row 2 on."""
    return [
        (row, [called(row), person[0], "QL0001", *person[1:]])
        for row, person in enumerate(people, 2)
    ]


def codes(judge, chunk):
    judged = [judge.judge(row, cells, chunk.shared) for row, cells in chunk.rows]
    return [[found.code for found in row.problems] for row in judged if row]


def test_a_telephone_of_many_is_a_question(judge):
    company = Company(judge)
    first = company.meet(rows(*[(number(order), PHONE, "") for order in (1, 2, 3)]))
    more = company.meet(rows((number(4), PHONE, ""), (number(5), PHONE, "")))
    assert codes(judge, first) == [[], ["PHONE_TWICE"], ["PHONE_TWICE"]]
    assert codes(judge, more) == [["PHONE_SHARED"], ["PHONE_SHARED"]]
    assert company.distinct == 5


def test_one_person_listed_twice_shares_no_telephone(judge):
    chunk = Company(judge).meet(rows((number(1), PHONE, ""), (number(1), PHONE, "")))
    assert codes(judge, chunk) == [[], ["ID_TWICE"]]


def test_a_number_twice_is_found_however_it_is_written(judge):
    spaced = f"{number(1)[:6]} {number(1)[6:]}"
    chunk = Company(judge).meet(
        rows((number(1).lower(), "", ""), (spaced, "", ""), (number(2), "", ""))
    )
    assert codes(judge, chunk) == [[], ["ID_TWICE"], []]


def test_what_is_no_row_is_not_asked(judge):
    company = Company(judge)
    cut = (2, ["张建国", number(1)])
    note = (3, ["合计：2人", "", "", "", ""])
    assert company.meet([cut, note]).shared == ({}, {}, {})
    assert company.meet(rows((number(1), "", ""))).shared == ({}, {}, {})
    assert company.meet(rows((number(2), "", ""))).shared == ({}, {}, {})
    assert company.distinct == 2


@pytest.mark.parametrize(
    ("cells", "phone"),
    [
        ((PHONE, ""), PHONE),
        (("161-1234-5678", HOME), PHONE),
        (("", f"{HOME}、{PHONE}"), PHONE),
        (("", HOME), ""),
        (("1.39E+10", ""), ""),
    ],
)
def test_the_telephone_is_the_one_that_is_judged(judge, cells, phone):
    row = ["张建国", number(1), "QL0001", *cells]
    assert judge.identity(row)[:2] == (number(1), phone)
    assert judge.judge(2, row).values.get("phone", "") == phone
