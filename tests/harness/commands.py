"""Commands that take a file of a user and say what they did as JSON."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from core.models import User


@dataclass
class Report:
    """What such a command said: its exit code and, if it got so far, its JSON."""

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
    def faults(self) -> list[tuple[int, str, str]]:
        """Row, column and code of every finding."""
        return [(each["row"], each["column"], each["code"]) for each in self.data["problems"]]

    @property
    def figures(self) -> tuple[int, ...]:
        """Of a roster: rows, new, changed, unchanged, rejected, to be confirmed."""
        names = ("rows", "new", "changed", "unchanged", "rejected", "to_confirm")
        return tuple(self.data[name] for name in names)


def told(command: str, path: Path, by: User, *options: str) -> Report:
    """Run COMMAND on the file at PATH for BY and return its report, however it ended."""
    out, code, message = io.StringIO(), 0, ""
    try:
        call_command(command, str(path), "--by", by.username, "--json", *options, stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    except CommandError as error:
        code, message = error.returncode, str(error)
    return Report(code, json.loads(out.getvalue() or "{}"), message)
