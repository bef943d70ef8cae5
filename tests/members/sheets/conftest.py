"""Sheets as a bureau writes them, and the commands that take them."""

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


@dataclass
class Report:
    """What a command said: exit code and JSON."""

    code: int
    data: dict[str, Any]
    message: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """Row, column and code of every fault."""
        return [(each["row"], each["column"], each["code"]) for each in self.data["problems"]]


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
        out, code, message = io.StringIO(), 0, ""
        try:
            call_command(command, str(path), "--by", by.username, "--json", *options, stdout=out)
        except CommandError as error:
            code, message = error.returncode, str(error)
        return Report(code, json.loads(out.getvalue() or "{}"), message)

    return taken
