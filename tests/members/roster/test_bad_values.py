"""Bad dates, telephones, amounts and places, security §5a 43-65, through the whole pipeline."""

import datetime as dt

import pytest

from branches.actions import import_branches
from branches.branch_sheet import HEADINGS, read
from branches.models import Area, Branch
from branches.refusal import FileRefused
from tests.members.roster.bad_inputs import BRANCH, FAR_BRANCH, Entry, judge, scene

JOINED, PHONE, MONEY, PLACE = "入党日期", "联系电话", "党费计算基数", "所在党支部"
DAY = dt.date(1952, 3, 8)


def joined(typed: object, kept: dt.date = DAY) -> Entry:
    return Entry(JOINED, typed, field="join_date", kept=kept)


TYPED = {
    "a43": joined("1952-3-8"),
    "a44": joined("1952年3月8日"),
    "a45": joined("1952.3.8"),
    "a46": joined("19520308"),
    "a48": Entry(JOINED, "1952.03", field="month_only", kept="join_date"),
    "a49": Entry(JOINED, "52/3/8", "DATE_SHORT_YEAR"),
    "a50 typed": Entry(JOINED, "1900-02-29", "DATE_IMPOSSIBLE"),
    "a52": Entry(JOINED, "9999-12-31", "DATE_RANGE"),
    "a53": Entry(JOINED, "1946-07-01", "JOIN_YOUNG", "join_date", dt.date(1946, 7, 1)),
    "a54": Entry("离退休时间", "1929-01-01", "RETIRE_TOO_YOUNG"),
    "a55": Entry(PHONE, "1.39E+10", "PHONE_SCIENTIFIC"),
    "a56": Entry(PHONE, "１６１１２３４５６７８", field="phone", kept="16112345678"),
    "a57": Entry(PHONE, "025-8888", field="phone", kept="025-8888"),
    "a58": Entry(PHONE, "16112345671;025-88886666", field="phone2", kept="025-88886666"),
    "a58 too many": Entry(PHONE, "16112345671;16112345672;16112345673;16112345674", "PHONE_MANY"),
    "a59 negative": Entry(MONEY, "-5", "MONEY_UNREADABLE"),
    "a59 large": Entry(MONEY, str(2**40), "MONEY_UNREADABLE"),
    "a59 huge": Entry(MONEY, str(2**70), "MONEY_UNREADABLE"),
    "a60 commas": Entry(MONEY, "1,234.50", field="dues_base", kept="1234.50"),
    "a60 sign": Entry(MONEY, "￥100", field="dues_base", kept="100.00"),
    "a61": Entry(PLACE, "槐荫社区离退休支部", "BRANCH_UNKNOWN"),
    "a62": Entry(PLACE, FAR_BRANCH, "BRANCH_UNKNOWN"),
    "a62 by code": Entry(PLACE, "YL0007", "BRANCH_UNKNOWN"),
    "a62 nowhere": Entry(PLACE, "松涛社区离退休干部支部", "BRANCH_UNKNOWN"),
    "a63": Entry(PLACE, "同名党支部", "BRANCH_SAME_NAME"),
}
CELLS = {
    "a47": joined(19060, dt.date(1952, 3, 7)),
    "a50": Entry(JOINED, 60, "DATE_UNREADABLE", shown_as="yyyy-mm-dd"),
    "a50 as a number": Entry(JOINED, 60, "DATE_UNREADABLE"),
}
OF_1904 = {
    "a51": joined(dt.date(1952, 3, 8)),
    "a51 as a number": joined(19060 - 1462 + 1),
}
ALL = TYPED | CELLS | OF_1904


@pytest.fixture(scope="module")
def came(tmp_path_factory, django_db_setup, django_db_blocker):
    with scene(tmp_path_factory.mktemp("values"), django_db_blocker) as made:
        return (
            made.outcomes(TYPED)
            | made.outcomes(CELLS, epoch_1904=False)
            | made.outcomes(OF_1904, epoch_1904=True)
        )


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in ALL])
def test_a_value(came, name):
    judge(ALL[name], came[name])


def test_near_names_are_of_ones_own_branches_only(came):
    """Security §5a 61, 62: out of scope and unknown sound alike."""
    assert BRANCH in came["a61"].messages[0]
    told = {tuple(came[name].messages) for name in ("a62", "a62 by code", "a62 nowhere")}
    assert len(told) == 1
    assert FAR_BRANCH not in str(told)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param("A,甲支部,党支部,990101001001001001001,,", "area", id="a64"),
        pytest.param("A,甲支部,党支部,990101,A,", "loop", id="a65"),
        pytest.param(
            "A,甲支部,党支部,990101,B,\nB,乙小组,党小组,990101,A,", "loop", id="a65 round"
        ),
    ],
)
@pytest.mark.django_db
def test_a_tree_that_cannot_be(tmp_path, community: Area, rows, code):
    path = tmp_path / "branches.csv"
    path.write_text(f"{','.join(HEADINGS)}\n{rows}\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        import_branches(by=None, lines=read(path))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Branch.objects.exists()
