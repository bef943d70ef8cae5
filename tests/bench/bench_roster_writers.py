"""F21: 50,000 rows come in on SQLite while four people go on saving; nobody waits a second."""

import tempfile
import threading
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
    """Let four people save something small all through an import."""
    branches, communities = rosters.ground(BRANCHES, COMMUNITIES)
    boss, over = User.objects.get(username="boss"), threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        people = rosters.rows(ROWS, branches, communities)
        file = rosters.write(Path(folder) / "roster.csv", people)
        writers = [Writer(boss, over) for _ in range(WRITERS)]
        try:
            told = run_import(file)
        finally:
            over.set()
            for writer in writers:
                writer.join()
    errors = [error for writer in writers for error in writer.errors]
    waits = sorted(wait for writer in writers for wait in writer.waits)
    report.note("名册全程", told.seconds)
    report.note("期间保存", len(waits), "次")
    report.note("100次中99次不超过", waits[len(waits) * 99 // 100])
    report.bar("边导入边办事，最长等待", waits[-1], at_most=1, unit="s")
    saved = Notice.objects.filter(text=TEXT).count()
    lost = abs(saved - len(waits)) + abs(Member.objects.count() - ROWS)
    report.bar("办不成的、丢失的", len(errors) + lost, at_most=0, unit="处")
