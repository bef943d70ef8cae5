"""F21: 50,000 rows come in on SQLite while four people go on saving; nobody waits a second.

Then 50,000 more in two files at once, which follow each other.
"""

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.models import Notice, User
from members.models import Member
from tests.bench import rosters
from tests.bench.command import run_import
from tests.bench.report import Report
from tests.harness.people import TEXT, Writer

DATABASES = ("sqlite",)
ROWS = 50_000
BRANCHES, COMMUNITIES = 200, 20
WRITERS = 4


def measure(report: Report) -> None:
    """Let four people save something small all through an import, then through two at once."""
    branches = rosters.ground(BRANCHES, COMMUNITIES)

    def file(first: int, count: int) -> Path:
        # Branches of its own: two of one name, month and branch would be a question.
        own = branches[first // count :: 4]
        people = rosters.rows(count, own, first=first)
        return rosters.write(Path(folder) / f"{first}.csv", people)

    with tempfile.TemporaryDirectory() as folder:
        _measure(report, "一份名册", [file(0, ROWS)])
        _measure(report, "两份名册", [file(first, ROWS // 2) for first in (ROWS, ROWS * 3 // 2)])
    report.bar("丢失的党员", abs(Member.objects.count() - 2 * ROWS), at_most=0, unit="名")


def _measure(report: Report, what: str, files: list[Path]) -> None:
    boss, over = User.objects.get(username="boss"), threading.Event()
    before = Notice.objects.filter(text=TEXT).count()
    writers = [Writer(boss, over) for _ in range(WRITERS)]
    try:
        with ThreadPoolExecutor() as pool:
            told = list(pool.map(run_import, files))
    finally:
        over.set()
        for writer in writers:
            writer.join()
    errors = [error for writer in writers for error in writer.errors]
    waits = sorted(wait for writer in writers for wait in writer.waits)
    report.note(f"{what}，全程", max(each.wall for each in told))
    report.note("期间保存", len(waits), "次")
    report.note("100次中99次不超过", waits[len(waits) * 99 // 100])
    report.bar(f"边导入{what}边办事，最长等待", waits[-1], at_most=1, unit="s")
    saved = Notice.objects.filter(text=TEXT).count() - before
    lost = abs(saved - len(waits))
    report.bar("办不成的、丢失的", len(errors) + lost, at_most=0, unit="处")
