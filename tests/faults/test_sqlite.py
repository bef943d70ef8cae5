"""F21: while a roster comes in on SQLite, people go on working."""

import datetime as dt
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from branches.models import Branch
from core.models import Notice, User
from members.models import Member
from tests.harness.celery import ROOT, worker_environment
from tests.harness.people import TEXT, Writer
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 7_000  # two whole chunks and a piece
WRITERS = 4


def test_f21_four_people_write_while_a_roster_comes_in(
    bureau_staff: User, branch: Branch, tmp_path: Path
) -> None:
    """F21: nobody is turned away, people wait less than a second, and every row is there.

    The import, its hand and the other tests share two processors here: one wait of a hundred may
    be longer, none so long that a page would fail. The bar itself, with 50,000 rows and the machine
    to itself, is held by ``tests.bench.bench_roster_writers``.
    """
    first = dt.date(1940, 1, 1)
    born = [f"{first + dt.timedelta(days=order // 9):%Y%m%d}" for order in range(ROWS)]
    people = [f"{called(n)},{number(n % 9 + 1, born=day)},QL0001" for n, day in enumerate(born)]
    roster = tmp_path / "名册.csv"
    roster.write_text("\n".join(["姓名,公民身份号码,支部代码", *people]), "utf-8")
    command = [sys.executable, "manage.py", "import_roster", str(roster)]
    over = threading.Event()
    with subprocess.Popen(
        [*command, "--by", bureau_staff.username, "--json"],
        cwd=ROOT,
        env=worker_environment(""),
        stdout=subprocess.PIPE,
    ) as process:
        writers = [Writer(bureau_staff, over) for _ in range(WRITERS)]
        out, _ = process.communicate(timeout=120)
        over.set()
        for writer in writers:
            writer.join()
    assert (process.returncode, json.loads(out)["new"]) == (0, ROWS)
    assert [error for writer in writers for error in writer.errors] == []
    waits = [wait for writer in writers for wait in writer.waits]
    assert len(waits) > 10 * WRITERS
    assert sorted(waits)[len(waits) * 99 // 100] < 1
    assert max(waits) < 5
    assert Member.objects.filter(branch=branch).count() == ROWS
    assert Notice.objects.filter(text=TEXT).count() == len(waits)
