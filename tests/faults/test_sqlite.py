"""F21: while rosters come in on SQLite, people go on working."""

import datetime as dt
import json
import sys
import threading
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from branches.models import Branch
from core.models import BackgroundRun, Notice, User
from members.models import Member
from tests.harness.celery import ROOT, worker_environment
from tests.harness.people import TEXT, Writer
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 7_000  # two whole chunks and a piece
WRITERS = 4


def roster(folder: Path, people: range) -> Path:
    """Write a file of PEOPLE into FOLDER."""
    first = dt.date(1940, 1, 1)
    born = {order: f"{first + dt.timedelta(days=order // 9):%Y%m%d}" for order in people}
    rows = [f"{called(n)},{number(n % 9 + 1, born=day)},QL0001" for n, day in born.items()]
    path = folder / f"名册{people.start}.csv"
    path.write_text("\n".join(["姓名,公民身份号码,支部代码", *rows]), "utf-8")
    return path


def importing(user: User, path: Path) -> Popen[bytes]:
    """Begin to import PATH in a process of its own."""
    command = [sys.executable, "manage.py", "import_roster", str(path), "--by", user.username]
    return Popen([*command, "--json"], cwd=ROOT, env=worker_environment(""), stdout=PIPE)


@pytest.mark.parametrize("rosters", [1, 2])
def test_f21_four_people_write_while_rosters_come_in(
    bureau_staff: User, branch: Branch, tmp_path: Path, rosters: int
) -> None:
    """F21: nobody is turned away, people wait less than a second, and every row is there.

    Two rosters follow each other. The import, its hand and the other tests share two processors
    here: one wait of a hundred may be longer, none so long that a page would fail. The bar itself,
    with 50,000 rows and the machine to itself, is held by ``tests.bench.bench_roster_writers``.
    """
    each = ROWS // rosters
    files = [roster(tmp_path, range(at * each, (at + 1) * each)) for at in range(rosters)]
    over = threading.Event()
    writers = [Writer(bureau_staff, over) for _ in range(WRITERS)]
    processes = [importing(bureau_staff, path) for path in files]
    told = [process.communicate(timeout=120)[0] for process in processes]
    over.set()
    for writer in writers:
        writer.join()
    assert [process.returncode for process in processes] == [0] * rosters
    assert [json.loads(out)["new"] for out in told] == [each] * rosters
    assert [error for writer in writers for error in writer.errors] == []
    waits = [wait for writer in writers for wait in writer.waits]
    assert len(waits) > 10 * WRITERS
    assert sorted(waits)[len(waits) * 99 // 100] < 1
    assert max(waits) < 5
    assert Member.objects.filter(branch=branch).count() == rosters * each
    assert Notice.objects.filter(text=TEXT).count() == len(waits)
    ended = BackgroundRun.objects.order_by("started_at").values_list("started_at", "finished_at")
    assert all(end <= began for (_, end), (began, _) in pairwise(ended))
