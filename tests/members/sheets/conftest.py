"""Sheets as a bureau writes them, and the commands that take them."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.models import User
from tests.harness.commands import Report, told


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
