"""A province's roster against the database's own bulk load: new, again, 1 % changed, dry with bad rows.

``BENCH_PROVINCE_ROWS`` (530,000; on SQLite 50,000 at most) makes a trial smaller.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.db import connection

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
BARS = {"new": 2.5, "again": 1, "changed": 1.2, "dry": 1, "memory": 500}


def measure(report: Report) -> None:
    """Try a file with bad rows, import a good one, the same again, then one with changes."""
    count = ROWS if connection.vendor == "postgresql" else min(ROWS, ON_SQLITE)
    branches, communities = rosters.ground(BRANCHES, COMMUNITIES)

    def people() -> Iterator[list[str]]:
        return rosters.rows(count, branches, communities)

    with tempfile.TemporaryDirectory() as folder:
        good = rosters.write(Path(folder) / "good.csv", people())
        bad = rosters.write(Path(folder) / "bad.csv", _spoiled(people()))
        other = rosters.write(Path(folder) / "changed.csv", _changed(people()))
        report.note("行数", count, "行")
        dry = run_import(bad, "--dry-run", code=1)
        new = run_import(good)
        # A long load is told from a short one's noise by itself.
        limit = median([bulk_load() for _ in range(1 if count > ON_SQLITE else 3)])
        report.note("界限 I：数据库自己装入同样的行", limit)
        report.bar("只核对，百分之五有错", dry.seconds / limit, at_most=BARS["dry"])
        report.bar("新名册", new.seconds / limit, at_most=BARS["new"])
        again = run_import(good)
        report.bar("同一份名册再来一次", again.seconds / limit, at_most=BARS["again"])
        changed = run_import(other, "--on-duplicate", "overwrite")
        report.bar("改了百分之一再来", changed.seconds / limit, at_most=BARS["changed"])
    peak = max(each.peak for each in (dry, new, again, changed))
    report.bar("峰值内存，连同子进程", peak, at_most=BARS["memory"], unit="MB")
    wrong = abs(Member.objects.count() - count) + abs(Affiliation.objects.count() - count)
    wrong += abs(dry.report["rejected"] - count // BAD_EVERY) + new.report["rejected"]
    wrong += again.report["new"] + again.report["changed"]
    wrong += abs(changed.report["changed"] - count // CHANGED_EVERY)
    report.bar("多写、少写、漏报或写错的行", wrong, at_most=0, unit="行")


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
