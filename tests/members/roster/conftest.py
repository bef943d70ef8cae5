"""Rosters made up for the tests: numbers with a sound check digit, of a whole province: never a real person's."""

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from members.models import Member
from members.rules import id_number
from tests.harness.commands import Report, told

HEADING = ("姓名", "公民身份号码", "支部代码")
NAMED = ("姓名", "公民身份号码", "所在党支部")


def number(order: int = 1, born: str = "19500101", area: str = "340000") -> str:
    """Return a sound ID number; an odd ORDER is a man's."""
    first = f"{area}{born}{order:03d}"
    return first + id_number.check_digit(first)


def called(order: int) -> str:
    """Return a name of its own for each ORDER: many of one name and birth date are refused."""
    return f"张{chr(0x4E00 + order)}"


def names() -> list[str]:
    """Return who is registered, in order."""
    return sorted(Member.objects.values_list("name", flat=True))


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV as a bureau would: rows of cells, an encoding, a name."""

    def write(
        rows: Sequence[Sequence[object]],
        *,
        heading: Sequence[str] = HEADING,
        encoding: str = "utf-8-sig",
        name: str = "roster.csv",
    ) -> Path:
        path = tmp_path / name
        text = io.StringIO()
        csv.writer(text).writerows([heading, *rows])
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def import_roster() -> Callable[..., Report]:
    """Run ``manage.py import_roster PATH --by USER --json``."""

    return partial(told, "import_roster")
