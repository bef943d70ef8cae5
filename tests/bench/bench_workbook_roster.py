"""A roster as a workbook of 100,000 rows against the same number of rows as a CSV."""

import os
import tempfile
from pathlib import Path

from core.spreadsheets import XlsxFile
from tests.bench import rosters
from tests.bench.command import run_import
from tests.bench.report import Report

DATABASES = ("postgres",)
ROWS = int(os.environ.get("BENCH_WORKBOOK_ROWS", "100000"))


def measure(report: Report) -> None:
    """Import a CSV, then as many other people from a workbook."""
    branches = rosters.ground(200, 20)
    # Each file has branches of its own: two of one name, month and branch would be a question.
    ours, theirs = branches[:100], branches[100:]
    with tempfile.TemporaryDirectory() as folder:
        file = rosters.write(Path(folder) / "some.csv", rosters.rows(ROWS, ours))
        book = Path(folder) / "some.xlsx"
        with book.open("wb") as stream, XlsxFile(stream) as workbook:
            workbook.sheet("名册", rosters.HEADING)
            for person in rosters.rows(ROWS, theirs, first=ROWS):
                workbook.row(person)
        text, sheet = run_import(file), run_import(book)
    report.note("行数", ROWS, "行")
    report.note("文本表", text.seconds)
    report.note("工作簿", sheet.seconds)
    report.bar("工作簿比同样行数的文本表", sheet.seconds / text.seconds, at_most=1.5)
    wrong = abs(text.report["new"] - ROWS) + abs(sheet.report["new"] - ROWS)
    report.bar("没有写入的行", wrong, at_most=0, unit="行")
