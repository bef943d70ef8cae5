"""Identity numbers: the cases of security §5a 1-20 and properties of the check digit."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules import id_number

TODAY = dt.date(2026, 11, 22)
GOOD = "11010519491231002X"


def read(cell: object) -> id_number.IdNumber:
    return id_number.read(cell, today=TODAY)


@pytest.mark.parametrize(
    "cell",
    [
        GOOD,
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u00a019491231\u200b002X\ufeff",
        "'11010519491231002X",
        '="11010519491231002X"',
    ],
)
def test_every_way_of_typing_gives_one_stored_form(cell: str) -> None:
    assert read(cell) == id_number.IdNumber(GOOD, dt.date(1949, 12, 31), "2", None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3.20106E+17", "ID_SCIENTIFIC"),
        (3.2010619400102125e17, "ID_NUMERIC_CELL"),
        (320106194001021248, "ID_NUMERIC_CELL"),
        (float("nan"), "ID_NUMERIC_CELL"),
        (1.5, "ID_NUMERIC_CELL"),
        ("110105194912310000", "ID_ROUNDED"),
        ("110105194912310029", "ID_CHECK_DIGIT"),
        ("110105491231002", "ID_OLD"),
        (110105491231002, "ID_OLD"),
        ("110105491331002", "ID_BIRTH_IMPOSSIBLE"),
        ("11O10519491231002X", "ID_LETTER"),
        ("11010519491231002", "ID_LENGTH"),
        ("110105194912310020X", "ID_LENGTH"),
        ("1101051949X231002X", "ID_CHARACTERS"),
        ("身份证遗失", "ID_CHARACTERS"),
        ("", "ID_EMPTY"),
        (None, "ID_EMPTY"),
        ("无", "ID_EMPTY"),
        ("E12345678", "ID_OTHER_DOCUMENT"),
        ("H12345678(1)", "ID_OTHER_DOCUMENT"),
        ("港澳居民来往内地通行证", "ID_OTHER_DOCUMENT"),
    ],
)
def test_each_kind_of_mistake_has_its_own_code(cell: object, code: str) -> None:
    assert read(cell).code == code


@pytest.mark.parametrize(
    ("first17", "code"),
    [
        ("11010519400230002", "ID_BIRTH_IMPOSSIBLE"),
        ("11010520991231002", "ID_BIRTH_RANGE"),
        ("11010518991231002", "ID_BIRTH_RANGE"),
    ],
)
def test_a_fitting_check_digit_does_not_save_a_bad_birth_date(first17: str, code: str) -> None:
    assert read(first17 + id_number.check_digit(first17)).code == code


def test_rounded_by_a_spreadsheet_but_passing_the_check_is_to_be_confirmed() -> None:
    numbers = (f"11010519491{day:03d}{order}000" for day in range(201, 231) for order in range(10))
    passing = [found for found in map(read, numbers) if found.code != "ID_ROUNDED"]
    assert passing
    assert {found.code for found in passing} == {"ID_ROUNDED_PERHAPS"}


def test_old_numbers_are_kept_as_they_are() -> None:
    number = read("110105491231002")
    assert number.is_old
    assert number.text == "110105491231002"


@pytest.mark.parametrize(
    ("area", "demo", "is_assigned"),
    [
        ("320103", False, True),
        ("329901", False, False),  # of a province that there is
        ("329901", True, False),
        ("990101", False, False),
        ("990101", True, True),
    ],
)
def test_a_number_begins_with_six_digits_of_an_area(
    area: str, demo: bool, is_assigned: bool
) -> None:
    number = f"{area}195001010010"
    assert id_number.is_assigned(number, areas={"320103"}, demo=demo) is is_assigned


numbers = st.builds(
    lambda area, born, order: f"{area}{born:%Y%m%d}{order:03d}",
    st.sampled_from(["110105", "320614", "530302", "370522"]),
    st.dates(dt.date(1900, 1, 1), TODAY),
    st.integers(1, 999),
)


@given(numbers)
def test_a_number_with_its_check_digit_tells_birth_and_gender(first17: str) -> None:
    number = read(first17 + id_number.check_digit(first17))
    assert number.code in {None, "ID_ROUNDED_PERHAPS"}
    assert f"{number.birth:%Y%m%d}" == first17[6:14]
    assert number.gender == ("1" if int(first17[16]) % 2 else "2")


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(first17: str, place: int, shift: int) -> None:
    wrong = str((int(first17[place]) + shift) % 10)
    typed = first17[:place] + wrong + first17[place + 1 :] + id_number.check_digit(first17)
    assert read(typed).birth is None


@given(numbers, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(first17: str, place: int) -> None:
    swapped = first17[:place] + first17[place + 1] + first17[place] + first17[place + 2 :]
    if swapped != first17:
        assert read(swapped + id_number.check_digit(first17)).birth is None


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_nothing_that_is_typed_breaks_the_reader(cell: object) -> None:
    number = read(cell)
    assert number.birth is None or number.code in {None, "ID_OLD", "ID_ROUNDED_PERHAPS"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("南京军字12345", None),
        ("A123456(7)", None),
        ("2001/123-4", None),
        (12345678, None),
        ('="E1234"', None),
        (1234567890123456, "ID_NUMERIC_CELL"),
        (1.5, "ID_NUMERIC_CELL"),
        ("1.23E+10", "ID_SCIENTIFIC"),
        (dt.datetime.fromisoformat("1950-01-01"), "ID_DOCUMENT_FORM"),
        (dt.date(1950, 1, 1), "ID_DOCUMENT_FORM"),
        ("=HYPERLINK(1)", "ID_DOCUMENT_FORM"),
        ("<b>12</b>", "ID_DOCUMENT_FORM"),
        ("99010119500101001", "ID_OTHER_PERHAPS"),
        ("N99010119500101001", "ID_OTHER_PERHAPS"),
        ("13912345678", "ID_OTHER_PERHAPS"),
        ("139-1234-5678", "ID_OTHER_PERHAPS"),
    ],
)
def test_what_no_other_document_has_is_not_taken_for_its_number(
    cell: object, code: str | None
) -> None:
    assert id_number.read(cell, today=TODAY, kind="8").code == code
