"""Every finding has a number of its own, by which people speak of it."""

import re

from core.spreadsheets import Refusal
from members.roster import findings
from members.rules import problems
from members.rules.numbering import CODES, NUMBERS, code_of, number_of

OF_THE_HEADING = {"no_heading", "ambiguous_heading", "duplicate_heading", "missing_column"}
MADE = problems.SENTENCES.keys() | findings.SENTENCES.keys() | set(Refusal) | OF_THE_HEADING


def test_every_finding_has_a_number_and_no_two_the_same():
    assert {str(code) for code in MADE} - NUMBERS.keys() == set()
    assert len(CODES) == len(NUMBERS)
    assert [number for number in CODES if not re.fullmatch(r"[A-K]\d\d", number)] == []


def test_numbers_in_print_stay():
    """Whoever adds a finding puts it last of its letter."""
    assert [number_of(code) for code in ("ID_LENGTH", "ID_BIRTH_DIFFERS", "DATE_JANUARY")] == [
        "A12",
        "A14",
        "D10",
    ]
    assert number_of("missing_column") == "K22"


def test_the_number_means_the_code_and_the_code_itself_does_too():
    assert [code_of(said) for said in ("A14", "a14", "ID_BIRTH_DIFFERS", "all")] == [
        "ID_BIRTH_DIFFERS",
        "ID_BIRTH_DIFFERS",
        "ID_BIRTH_DIFFERS",
        "all",
    ]
