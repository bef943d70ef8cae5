"""Rosters made up for the tests: numbers with a sound check digit, of an unassigned area: never a real person's."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.models import User
from members.rules import id_number

HEADING = ("姓名", "公民身份号码", "支部代码")


def number(order: int = 1, born: str = "19500101", area: str = "329901") -> str:
    """Return a sound ID number; an odd ORDER is a man's."""
    first = f"{area}{born}{order:03d}"
    return first + id_number.check_digit(first)


def called(order: int) -> str:
    """Return a name of its own for each ORDER: many of one name and birth date are refused."""
    return f"张{chr(0x4E00 + order)}"


@dataclass
class Report:
    """What the command said: its exit code and, if it got so far, its JSON."""

    code: int
    data: dict[str, Any]
    message: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    @property
    def codes(self) -> list[str]:
        """Codes of the findings, in the order of the sheet."""
        return [found["code"] for found in self.data["problems"]]

    @property
    def figures(self) -> tuple[int, ...]:
        """rows, new, changed, unchanged, rejected, to be confirmed."""
        names = ("rows", "new", "changed", "unchanged", "rejected", "to_confirm")
        return tuple(self.data[name] for name in names)


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

    def run(path: Path, user: User, *options: str) -> Report:
        out = io.StringIO()
        code, message = 0, ""
        try:
            call_command(
                "import_roster", str(path), "--by", user.username, "--json", *options, stdout=out
            )
        except SystemExit as stop:
            code = int(str(stop.code))
        except CommandError as error:
            code, message = error.returncode, str(error)
        return Report(code, json.loads(out.getvalue() or "{}"), message)

    return run
