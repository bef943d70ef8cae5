"""Web, worker, PostgreSQL and Redis fall one after the other; not a row is lost or doubled.

One scene for all, because every start of a server costs seconds. It needs a PostgreSQL that may
fall, a copy of the test's own, so it is part of the suite on PostgreSQL.
"""

import datetime as dt
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core import files
from core.models import BackgroundRun, StoredFile, User
from core.runs import start_run
from core.runs.registry import nightly_kinds
from members.actions import roster as acts
from members.actions.learnt import read_heading
from members.models import RosterBatch
from tests.faults.disk import MEGABYTE, Disk, small_disk
from tests.faults.installation import Answer, Installation, child_of, kill, wait_for
from tests.harness import postgres
from tests.harness.celery import database_url
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 450
HEADING = "姓名,公民身份号码\n"
REPORTS = "SELECT count(*) FROM core_auditevent WHERE act = '导入党员名册'"
WRITTEN = "SELECT count(*) FROM members_member WHERE name LIKE '张_'"
CHUNKS = "SELECT count(*) FROM members_rosterchunk"
STAGED = "SELECT count(*) FROM members_rosterrow"


def signed_in(user: User) -> str:
    """Return the cookie of a session that is valid whatever the clock of the test says."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["seen"] = session["began"] = int(time.time()) + 10**9
    session.save()
    Session.objects.update(expire_date="2200-01-01T00:00:00+08:00")
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@pytest.fixture
def batch(secretary: User, branch: Branch) -> RosterBatch:
    """A roster whose columns are read, not yet checked."""
    first = dt.date(1940, 1, 1)
    born = [f"{first + dt.timedelta(days=order // 9):%Y%m%d}" for order in range(ROWS)]
    lines = "".join(f"{called(n)},{number(n % 9 + 1, born=day)}\n" for n, day in enumerate(born))
    stored = acts.keep_roster(
        by=secretary, name="名册.csv", source=files.File(io.BytesIO((HEADING + lines).encode()))
    )
    sent = acts.open_roster(by=secretary, file=stored, branch=branch)
    return read_heading(by=secretary, batch=sent)


@pytest.fixture
def run(secretary: User) -> BackgroundRun:
    """Something that waits and can be cancelled."""
    return start_run(by=secretary, kind="waits", key="waits:1", ring=False)


@pytest.fixture
def portal(
    batch: RosterBatch, run: BackgroundRun, secretary: User, tmp_path: Path
) -> Iterator[Installation]:
    """The installation, with what the test's database holds."""
    cookie = signed_in(secretary)
    with postgres.own_cluster() as cluster:
        postgres.copy_database(database_url(), cluster.url)
        yield Installation(cluster, tmp_path, cookie)


class Asking(threading.Thread):
    """A request on its way, while the test does harm."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        super().__init__()
        self._ask = ask
        self.answer = Answer(0)
        self.start()

    def run(self) -> None:
        self.answer = self._ask()

    def ended(self) -> Answer:
        """Wait for the answer."""
        self.join()
        return self.answer


class Scene:
    """The one installation, and what happens to it."""

    def __init__(self, portal: Installation, run: BackgroundRun, batch: RosterBatch) -> None:
        self.portal = portal
        self.page = reverse("run", args=[run.pk])
        self.cancel_address = reverse("run-cancel", args=[run.pk])
        self.upload_address = reverse("members:import", args=[batch.branch_id])
        self.batch_page = reverse("members:batch", args=[batch.pk])
        self.columns = reverse("members:batch-columns", args=[batch.pk])
        self.confirm = reverse("members:batch-confirm", args=[batch.pk])

    def cancel(self) -> Answer:
        return self.portal.post(self.cancel_address, self.page)

    def upload(self, *, padding: int = 0) -> Answer:
        """Send a roster, longer than it must be by PADDING blanks."""
        file = io.BytesIO((HEADING + f"李秀英,{number(900)}\n" + " " * padding).encode())
        file.name = "新来的.csv"
        return self.portal.post(self.upload_address, self.upload_address, file=file)

    def left(self) -> tuple[Any, ...]:
        """What a cancel would have written."""
        return (
            self.portal.one("SELECT state FROM core_backgroundrun WHERE kind = 'waits'"),
            self.portal.one("SELECT count(*) FROM core_auditevent WHERE act = '取消后台工作'"),
        )

    def uploads(self) -> tuple[Any, ...]:
        return (
            self.portal.one("SELECT count(*) FROM core_storedfile"),
            self.portal.one("SELECT count(*) FROM members_rosterbatch"),
        )

    def sweep(self) -> None:
        """Do what Celery beat does every half minute."""
        app = Celery("beat", broker=self.portal.broker, set_as_current=False)
        app.send_task("core.sweep_runs", expires=5)

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait for TRUE, sweeping now and then."""
        swept = [0.0]

        def came() -> object:
            if time.monotonic() - swept[0] > 0.5:
                swept[0] = time.monotonic()
                self.sweep()
            return true()

        wait_for(came, what)


def f4_postgres_restarted_while_idle(scene: Scene) -> None:
    """F4: the next request is answered as if nothing had been."""
    assert scene.portal.get(scene.page).status == 200
    scene.portal.cluster.restart()
    assert scene.portal.get(scene.page).status == 200


def f5_postgres_restarted_in_the_middle_of_a_request(scene: Scene) -> None:
    """F5: one page that says so, nothing half written, and the next request goes through."""
    with scene.portal.held("record"):
        asking = Asking(scene.cancel)
        scene.portal.somebody_at("record")
        scene.portal.cluster.restart(signal.SIGQUIT)
    answer = asking.ended()
    assert (answer.status, "系统正忙" in answer.text) == (503, True)
    assert scene.left() == ("QUEUED", 0)
    assert scene.portal.get(scene.page).status == 200


def f2_f3_web_killed_in_the_middle_of_an_act_and_of_an_upload(scene: Scene) -> None:
    """F2: no half act. F3: no row; the file that was cut off is swept within a day, unsealed it left none."""
    before, root = scene.uploads(), Path(settings.MEDIA_ROOT)
    there = set(root.rglob("*"))
    with scene.portal.held("fsync"), scene.portal.held("record"):
        large = partial(scene.upload, padding=3 * MEGABYTE)  # not taken into memory
        asking = [Asking(large), Asking(scene.cancel)]
        scene.portal.somebody_at("fsync")
        scene.portal.somebody_at("record")
        scene.portal.kill_web()
        assert [each.ended().status for each in asking] == [0, 0]
    assert (scene.left(), scene.uploads()) == (("QUEUED", 0), before)
    assert list(scene.portal.uploads.iterdir()) == []
    orphans = [path for path in set(root.rglob("*")) - there if path.is_file()]
    assert len(orphans) == 1
    assert "李秀英".encode() not in orphans[0].read_bytes()
    # So old it is at the last sweep of its first day.
    hours = 24 - nightly_kinds()["nightly.sweep_files"]
    began = time.time() - hours * 3600
    os.utime(orphans[0], (began, began))
    known = set(StoredFile.objects.values_list("pk", flat=True))
    assert files.sweep_files() == (0, 1)
    assert (orphans[0].exists(), set(StoredFile.objects.values_list("pk", flat=True))) == (
        False,
        known,
    )


def f7_redis_away_from_the_start(scene: Scene) -> None:
    """F7: pages and acts go on; an import is taken and waits in line. F2: the retry has one result."""
    began = time.monotonic()
    assert scene.cancel().status == 302
    assert scene.left() == ("CANCELLED", 1)
    assert scene.upload().status == 302
    known = {"column0": "name", "column1": "id_number"}
    assert scene.portal.post(scene.columns, scene.batch_page, **known).status == 302
    page = scene.portal.get(scene.batch_page)
    assert (page.status, "排着队" in page.text) == (200, True)
    assert time.monotonic() - began < 30
    assert scene.portal.one("SELECT state FROM core_backgroundrun WHERE kind = 'roster.check'") == "QUEUED"  # fmt: skip


def f15_no_room_for_what_is_being_uploaded(scene: Scene, disk: Disk) -> None:
    """F15, tmp: the page says so, and nothing is half there."""
    before = scene.uploads()
    file = io.BytesIO(os.urandom(disk.room + 100_000))
    file.name = "名册.csv"
    answer = scene.portal.post(scene.upload_address, scene.upload_address, file=file)
    assert (answer.status, "磁盘满了" in answer.text) == (507, True)
    assert scene.uploads() == before
    wait_for(lambda: scene.portal.get(scene.page).status == 200 and not disk.left(), "swept up")


def f1_worker_and_child_killed_in_the_middle(scene: Scene) -> None:
    """F1: the check goes on after its child was killed, the writing after the whole worker was."""
    with scene.portal.worker() as worker:
        scene.until(lambda: scene.portal.one(STAGED) > 30, "checking")
        kill(child_of(worker))
        ready = "SELECT state = 'READY' FROM members_rosterbatch ORDER BY id LIMIT 1"
        scene.until(lambda: scene.portal.one(ready), "checked")
        assert scene.portal.post(scene.confirm, scene.batch_page).status == 302
        scene.until(lambda: scene.portal.one(CHUNKS) > 3, "writing")
        worker.kill()
    assert 0 < scene.portal.one(WRITTEN) < ROWS


def f7_redis_restarted_in_the_middle_of_an_import(scene: Scene) -> None:
    """F7: the writing goes on without it; the worker finds it again, though it forgot all rings."""

    def another_chunk() -> Callable[[], bool]:
        written = scene.portal.one(CHUNKS)
        return lambda: scene.portal.one(CHUNKS) > written + 1

    with ExitStack() as there, ExitStack() as stack:
        there.enter_context(scene.portal.redis())
        worker = stack.enter_context(scene.portal.worker())
        scene.until(another_chunk(), "going on")
        with scene.portal.held("write"):
            scene.portal.somebody_at("write")
            there.close()
        wait_for(another_chunk(), "going on without Redis")
        with scene.portal.held("write"):
            scene.portal.somebody_at("write")
            there.enter_context(scene.portal.redis())
            kill(child_of(worker))
        scene.until(another_chunk(), "taken up again by the worker that lost Redis")
        worker.kill()
    assert 0 < scene.portal.one(WRITTEN) < ROWS


def f6_postgres_restarted_in_the_middle_of_an_import(scene: Scene) -> None:
    """F6: as F1; and in the end every row once, and one report."""
    with scene.portal.worker():
        written = scene.portal.one(CHUNKS)
        scene.until(lambda: scene.portal.one(CHUNKS) > written + 3, "going on")
        scene.portal.cluster.restart(signal.SIGQUIT)
        assert 0 < scene.portal.one(WRITTEN) < ROWS
        scene.until(lambda: scene.portal.one(REPORTS), "written")
    counted = "SELECT sum(created) FROM members_rosterchunk"
    homes = "SELECT count(DISTINCT member_id) FROM members_affiliation WHERE kind = 'HOME'"
    found = [scene.portal.one(asked) for asked in (WRITTEN, counted, homes, REPORTS)]
    assert found == [ROWS, ROWS, ROWS, 1]
    told = "SELECT count(*) FROM core_notice WHERE text LIKE '写入党员名册“%'"
    wait_for(lambda: scene.portal.one(told) == 1, "told")


def test_nothing_is_lost_or_doubled_whatever_falls(
    portal: Installation, run: BackgroundRun, batch: RosterBatch
) -> None:
    """F1, F2, F3, F4, F5, F6, F7, F15: one installation lives through them all."""
    scene = Scene(portal, run, batch)
    with portal.web():
        f4_postgres_restarted_while_idle(scene)
        f5_postgres_restarted_in_the_middle_of_a_request(scene)
        f2_f3_web_killed_in_the_middle_of_an_act_and_of_an_upload(scene)
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(portal.uploads))
        stack.enter_context(portal.web())
        f7_redis_away_from_the_start(scene)
        f15_no_room_for_what_is_being_uploaded(scene, disk)
        with portal.redis():
            f1_worker_and_child_killed_in_the_middle(scene)
        f7_redis_restarted_in_the_middle_of_an_import(scene)
        stack.enter_context(portal.redis())
        f6_postgres_restarted_in_the_middle_of_an_import(scene)
