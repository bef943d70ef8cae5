"""A province's roster against the database's own bulk load: new, again, 1 % changed, dry with bad rows.

``BENCH_PROVINCE_ROWS`` (530,000; on SQLite 50,000 at most) makes a trial smaller.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.db import connection

from core.spreadsheets import XlsxFile
from members.models import Affiliation, Member
from tests.bench import rosters
from tests.bench.command import run_import
from tests.bench.limit import bulk_load
from tests.bench.report import Report

ON_SQLITE = 50_000
ROWS = int(os.environ.get("BENCH_PROVINCE_ROWS", "530000"))
BRANCHES, COMMUNITIES = 1_000, 100
BAD_EVERY, CHANGED_EVERY = 20, 100
NUMBER, UNIT = rosters.HEADING.index("公民身份号码"), rosters.HEADING.index("原工作单位")
BARS = {"new": 2.5, "again": 1, "changed": 1.2, "dry": 1, "xlsx": 1.5, "memory": 500}


def measure(report: Report) -> None:
    """Try a file with bad rows, import a good one, again, then with changes; a workbook at last."""
    count = ROWS if connection.vendor == "postgresql" else min(ROWS, ON_SQLITE)
    branches, communities = rosters.ground(BRANCHES, COMMUNITIES)

    def people() -> Iterator[list[str]]:
        return rosters.rows(count, branches, communities)

    with tempfile.TemporaryDirectory() as folder:
        good = rosters.write(Path(folder) / "good.csv", people())
        bad = rosters.write(Path(folder) / "bad.csv", _spoiled(people()))
        other = rosters.write(Path(folder) / "changed.csv", _changed(people()))
        dry = run_import(bad, "--dry-run", code=1)
        new = run_import(good)
        limit = bulk_load()
        again = run_import(good)
        changed = run_import(other, "--on-duplicate", "overwrite")
        limit = median([limit, bulk_load(), bulk_load()])
        report.note("行数", count, "行")
        report.note("界限 I：数据库自己装入同样的行", limit)
        report.bar("新名册", new.seconds / limit, at_most=BARS["new"])
        report.bar("同一份名册再来一次", again.seconds / limit, at_most=BARS["again"])
        report.bar("改了百分之一再来", changed.seconds / limit, at_most=BARS["changed"])
        report.bar("只核对，百分之五有错", dry.seconds / limit, at_most=BARS["dry"])
        peak = max(each.peak for each in (dry, new, again, changed))
        report.bar("峰值内存，连同子进程", peak, at_most=BARS["memory"], unit="MB")
        wrong = abs(Member.objects.count() - count) + abs(Affiliation.objects.count() - count)
        wrong += abs(dry.report["rejected"] - count // BAD_EVERY) + new.report["rejected"]
        wrong += again.report["new"] + again.report["changed"]
        wrong += abs(changed.report["changed"] - count // CHANGED_EVERY)
        report.bar("多写、少写、漏报或写错的行", wrong, at_most=0, unit="行")
        _workbook(report, Path(folder), max(1, count * 10 // 53), branches, communities)


def _workbook(
    report: Report, folder: Path, count: int, branches: list[str], communities: list[str]
) -> None:
    """Import as many people from a workbook as from a CSV before."""
    first, others = (
        list(rosters.rows(count, branches, communities, first=2 * ROWS + part * count))
        for part in range(2)
    )
    text = run_import(rosters.write(folder / "some.csv", iter(first)))
    book = folder / "some.xlsx"
    with book.open("wb") as stream, XlsxFile(stream) as file:
        file.sheet("名册", rosters.HEADING)
        for person in others:
            file.row(person)
    report.note("工作簿的行数", count, "行")
    sheet = run_import(book)
    report.bar("工作簿比同样行数的文本表", sheet.seconds / text.seconds, at_most=BARS["xlsx"])


def _spoiled(people: Iterator[list[str]]) -> Iterator[list[str]]:
    """Give every twentieth a number whose check digit is wrong."""
    for order, person in enumerate(people, 1):
        if order % BAD_EVERY == 0:
            last = person[NUMBER][-1]
            person[NUMBER] = person[NUMBER][:-1] + ("0" if last != "0" else "1")
        yield person


def _changed(people: Iterator[list[str]]) -> Iterator[list[str]]:
    """Move every hundredth to another former employer."""
    for order, person in enumerate(people, 1):
        if order % CHANGED_EVERY == 0:
            person[UNIT] += "分厂"
        yield person
