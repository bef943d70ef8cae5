"""A province's roster against the database's own bulk load: new, again, 1 % changed, dry with bad rows.

``BENCH_PROVINCE_ROWS`` (530,000; on SQLite 50,000 at most) makes a trial smaller.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from members.enums import Severity
from members.models import Affiliation, Member
from tests.bench import rosters
from tests.bench.command import Told, run_import
from tests.bench.limit import bulk_load
from tests.bench.report import Report

ON_SQLITE = 50_000
ROWS = int(os.environ.get("BENCH_PROVINCE_ROWS", "530000"))
BRANCHES, COMMUNITIES = 1_000, 100
BAD_EVERY, CHANGED_EVERY, HEADING_ROWS = 20, 100, 1
UNIT = "原工作单位"
# Each check digit gives another wrong one: many of one look like guesses, a third 0 like a rounded number.
AFTER = dict(zip("0123456789X", "12345678911", strict=True))
# What is wrong with a bad row: in which column, what stands there, under which code it is told.
FAULTS = (
    ("公民身份号码", lambda was: was[:-1] + AFTER[was[-1]], "ID_CHECK_DIGIT"),
    ("姓名", lambda was: was + "长" * 20, "NAME_LENGTH"),  # blank ones would look like guesses
    ("性别", lambda was: "女" if was == "男" else "男", "ID_GENDER_DIFFERS"),
    ("入党日期", lambda _: "1978-13-45", "DATE_IMPOSSIBLE"),
    ("民族", lambda _: "火星族", "CODE_UNKNOWN"),
    ("支部代码", lambda _: "QL9999", "BRANCH_UNKNOWN"),
)
TWO_EVERY = 3  # so many of the bad rows have two
BARS = {"new": 2.5, "again": 1, "changed": 1.2, "dry": 1, "memory": 500}


def measure(report: Report) -> None:
    """Try a file with bad rows, import a good one, the same again, then one with changes."""
    count = ROWS if connection.vendor == "postgresql" else min(ROWS, ON_SQLITE)
    branches = rosters.ground(BRANCHES, COMMUNITIES)

    def people() -> Iterator[list[str]]:
        return rosters.rows(count, branches)

    with tempfile.TemporaryDirectory() as folder:
        good = rosters.write(Path(folder) / "good.csv", people())
        bad = rosters.write(Path(folder) / "bad.csv", _spoiled(people(), count))
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
        full = run_import(bad, "--dry-run", code=1)
        report.bar("只核对，人都已登记", full.seconds / limit, at_most=BARS["dry"])
    for what, told in (("还没有人登记", dry), ("人都已登记", full)):
        missed = _missed(told, count)
        report.bar(f"没有逐行逐项说对的错（{what}）", missed, at_most=0, unit="处")
    peak = max(each.peak for each in (dry, new, again, changed, full))
    report.bar("峰值内存，连同子进程", peak, at_most=BARS["memory"], unit="MB")
    wrong = abs(Member.objects.count() - count) + abs(Affiliation.objects.count() - count)
    wrong += new.report["rejected"] + again.report["new"] + again.report["changed"]
    wrong += abs(changed.report["changed"] - count // CHANGED_EVERY)
    report.bar("多写、少写或写错的行", wrong, at_most=0, unit="行")


def _bad_rows(count: int) -> Iterator[tuple[int, list[tuple[str, Any, str]]]]:
    """Yield one order of each twenty and what is wrong with it: all kinds in turn, in some rows two.

    Another one of each twenty: people born on one day stand at even distances, and wrong check
    digits of one day would look like guesses.
    """
    for nth in range(count // BAD_EVERY):
        order = nth * BAD_EVERY + nth % BAD_EVERY + 1
        kinds = 1 + (nth % TWO_EVERY == 0)
        yield order, [FAULTS[(nth + kind) % len(FAULTS)] for kind in range(kinds)]


def _spoiled(people: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    wrong = dict(_bad_rows(count))
    for order, person in enumerate(people, 1):
        for column, spoil, _ in wrong.get(order, ()):
            place = rosters.HEADING.index(column)
            person[place] = spoil(person[place])
        yield person


def _missed(told: Told, count: int) -> int:
    """Return how many faults were not told by row, column and code, or told where there are none."""
    made = {
        (order + HEADING_ROWS, column, code)
        for order, wrong in _bad_rows(count)
        for column, _, code in wrong
    }
    found = {
        (each["row"], each["column"], each["code"])
        for each in told.report["problems"]
        if each["severity"] == Severity.ERROR
    }
    return len(made ^ found) + abs(told.report["rejected"] - count // BAD_EVERY)


def _changed(people: Iterator[list[str]]) -> Iterator[list[str]]:
    """Move every hundredth to another former employer."""
    for order, person in enumerate(people, 1):
        if order % CHANGED_EVERY == 0:
            person[rosters.HEADING.index(UNIT)] += "分厂"
        yield person
