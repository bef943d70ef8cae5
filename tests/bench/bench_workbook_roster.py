"""A roster as a workbook of 100,000 rows (on SQLite 50,000) against the same number of rows as a CSV.

The workbook is as a spreadsheet program saves it: days are day cells, equal texts stand in it once.
"""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from openpyxl import Workbook

from tests.bench import rosters
from tests.bench.command import run_import
from tests.bench.report import Report

ON_SQLITE = 50_000
ROWS = int(os.environ.get("BENCH_WORKBOOK_ROWS", "100000"))
DAYS = {place for place, name in enumerate(rosters.HEADING) if name.endswith(("日期", "时间"))}


def measure(report: Report) -> None:
    """Import a CSV, then as many other people from a workbook."""
    branches = rosters.ground(200, 20)
    # Each file has branches of its own: two of one name, month and branch would be a question.
    ours, theirs = branches[:100], branches[100:]
    count = ROWS if connection.vendor == "postgresql" else min(ROWS, ON_SQLITE)
    with tempfile.TemporaryDirectory() as folder:
        file = rosters.write(Path(folder) / "some.csv", rosters.rows(count, ours))
        book = _saved(Path(folder) / "some.xlsx", rosters.rows(count, theirs, first=count))
        text, sheet = run_import(file), run_import(book)
    report.note("行数", count, "行")
    report.note("文本表", text.seconds)
    report.note("工作簿", sheet.seconds)
    report.bar("工作簿比同样行数的文本表", sheet.seconds / text.seconds, at_most=1.5)
    wrong = abs(text.report["new"] - count) + abs(sheet.report["new"] - count)
    report.bar("没有写入的行", wrong, at_most=0, unit="行")


def _saved(path: Path, people: Iterator[list[str]]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(rosters.HEADING)
    for person in people:
        sheet.append(
            [
                dt.date.fromisoformat(text) if place in DAYS and text else text
                for place, text in enumerate(person)
            ]
        )
    book.save(path)
    return path
