"""Bad ID numbers, security §5a 1-20, through the whole pipeline."""

import pytest

from members.rules.id_number import check_digit
from tests.members.roster.bad_inputs import BORN, FAR_BRANCH, Entry, judge, scene
from tests.members.roster.conftest import number

ID = "公民身份号码"
WIDE = {digit: chr(ord(digit) + 0xFEE0) for digit in "0123456789X"}


def sound(first: str) -> str:
    return first + check_digit(first)


def with_x(start: int) -> str:
    """Return a number that ends in X."""
    return next(
        each for each in (number(order, BORN) for order in range(start, 999)) if each[-1] == "X"
    )


def rounded() -> str:
    """Return a sound number that ends in 000 by chance."""
    endings = (f"3299{area:02d}{BORN}00" for area in range(1, 99))
    return next(first + "00" for first in endings if check_digit(first + "0") == "0")


N = number(500, BORN)
X = with_x(100)
OLD = "329901300101021"
TYPED = {
    "a01": Entry(ID, X.lower(), field="id_number", kept=X),
    "a02": Entry(ID, "".join(map(WIDE.get, with_x(200))), field="id_number", kept=with_x(200)),
    "a03": Entry(
        ID, f" {N[:6]}\u00a0{N[6:10]}\u200b{N[10:14]}\ufeff{N[14:]} ", field="id_number", kept=N
    ),
    "a04": Entry(ID, f"'{number(501, BORN)}", field="id_number", kept=number(501, BORN)),
    "a05": Entry(ID, "3.20106E+17", "ID_SCIENTIFIC"),
    "a08": Entry(ID, number(502, BORN)[:15] + "000", "ID_ROUNDED"),
    "a08 by chance": Entry(ID, rounded(), "ID_ROUNDED_PERHAPS", "id_number", rounded()),
    "a09": Entry(
        ID,
        number(503, BORN)[:17] + ("1" if number(503, BORN)[17] != "1" else "2"),
        "ID_CHECK_DIGIT",
    ),
    "a10": Entry(ID, sound("32990119400230001"), "ID_BIRTH_IMPOSSIBLE"),
    "a11 to come": Entry(ID, sound("32990120990101001"), "ID_BIRTH_RANGE"),
    "a11 long ago": Entry(ID, sound("32990118990101001"), "ID_BIRTH_RANGE"),
    "a12": Entry(ID, OLD, "ID_OLD", "id_number", OLD),
    "a13": Entry(ID, N[:12] + "O" + N[13:], "ID_LETTER"),
    "a14 short": Entry(ID, N[:17], "ID_LENGTH"),
    "a14 long": Entry(ID, N + "1", "ID_LENGTH"),
    "a15": Entry("出生日期", "1930-02-01", "ID_BIRTH_DIFFERS", "birth_date_reason", ""),
    "a16": Entry("性别", "女", "ID_GENDER_DIFFERS", also=((ID, number(505, BORN)),)),
    "a17 first": Entry(ID, number(507, BORN), field="id_number", kept=number(507, BORN)),
    "a17": Entry(ID, number(507, BORN), "ID_TWICE"),
    "a18": Entry(ID, number(999), "ID_ELSEWHERE"),
    "a19": Entry(ID, "", "ID_EMPTY"),
    "a20 passport": Entry(ID, "E12345678", "ID_OTHER_DOCUMENT"),
    "a20 permit": Entry(ID, "H1234567890", "ID_OTHER_DOCUMENT"),
}
CELLS = {
    "a06": Entry(ID, 3.2010619400102125e17, "ID_NUMERIC_CELL"),
    "a06 that checks": Entry(ID, float(number(508, BORN)[:17] + "0"), "ID_NUMERIC_CELL"),
    "a07": Entry(ID, int(number(509, BORN)[:16]), "ID_NUMERIC_CELL"),
}


@pytest.fixture(scope="module")
def came(tmp_path_factory, django_db_setup, django_db_blocker):
    with scene(tmp_path_factory.mktemp("numbers"), django_db_blocker) as made:
        found = made.outcomes(TYPED) | made.outcomes(CELLS, epoch_1904=False)
        found["log"] = made.log.getvalue()
    return found


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in TYPED | CELLS])
def test_a_number(came, name):
    judge((TYPED | CELLS)[name], came[name])


def test_whoever_is_elsewhere_is_not_named(came):
    (sentence,) = came["a18"].messages
    assert sentence == "这个证件号码已存在于其他组织，请联系上级老干部局核对。"
    assert FAR_BRANCH not in sentence


def test_no_number_stands_in_a_log(came):
    typed = [str(entry.typed) for entry in (TYPED | CELLS).values() if entry.typed]
    assert [text for text in typed if text in came["log"]] == []
