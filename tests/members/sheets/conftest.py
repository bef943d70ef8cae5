"""Sheets as a bureau writes them, and the commands that take them."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import time_machine

from core.models import User
from tests.factories.members import make_member
from tests.harness.commands import Report, told
from tests.members.sheets.handed_over import AGREED, HEADING


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Report]:
    """Write ROWS under HEADING as GB18030 and give them to a command of USER."""

    def taken(
        command: str, heading: Sequence[str], rows: Sequence[Sequence[Any]], by: User, *options: str
    ) -> Report:
        text = io.StringIO()
        csv.writer(text).writerows([heading, *rows])
        path = tmp_path / "名单.csv"
        path.write_bytes(text.getvalue().encode("gb18030"))
        return told(command, path, by, *options)

    return taken


@pytest.fixture
def today():
    """Hold the clock on 20 August 2026, in the weeks of the letters; it may be moved."""
    with time_machine.travel(dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def load(take):
    """Take a list of rows as the bureau hands it over; as many as listed, unless NUMBER says else."""

    def loaded(rows, by, *options, number=None, heading=HEADING):
        many = ("--handed-over", str(len(rows) if number is None else number))
        return take("import_transfers", heading, rows, by, *AGREED, *many, *options)

    return loaded


@pytest.fixture
def people(branch):
    """Three members of B1."""
    return [make_member(branch, name) for name in ("张建国", "李德明", "王志华")]


@pytest.fixture
def rows(people, other_branch):
    """The list that sends them from B1 to B2."""
    return [[each.id_number, "", each.name, "QL0001", "QL0002", "2026-08-15"] for each in people]
