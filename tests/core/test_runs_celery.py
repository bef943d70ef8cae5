"""Background runs with a real broker and a real worker: refused, hung, emptied, killed, doubled."""

import os
import signal
import time

import pytest
import redis
from celery import Celery

from core.enums import RunState
from core.models import BackgroundRun, Notice
from core.runs import doorbell, start_run, sweep_runs
from tests.harness import celery as harness
from tests.harness import processes
from tests.harness.redis import RedisServer
from tests.harness.redis import server as private_redis

pytestmark = pytest.mark.django_db(transaction=True)
WORK = ("-I", "tests.core.celery_work")
ROWS = 60


def client_of(broker: str) -> Celery:
    """Return a Celery client with the portal's settings on another broker."""
    app = Celery("ringing", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = broker
    return app


@pytest.fixture
def bell(redis_server: RedisServer, monkeypatch, settings) -> doorbell.BrokerBell:
    """Ring through an emptied private Redis."""
    redis.Redis.from_url(redis_server.url).flushall()
    bell = doorbell.BrokerBell(client_of(redis_server.url))
    monkeypatch.setattr(doorbell, "broker_bell", bell)
    settings.RUN_DOORBELL = "celery"
    return bell


def ended(*runs, seconds=60):
    """Wait until every run has ended; return them as they ended."""
    deadline = time.monotonic() + seconds
    rows = BackgroundRun.objects.filter(pk__in=[run.pk for run in runs]).order_by("pk")
    while time.monotonic() < deadline:
        if all(run.is_finished for run in rows.all()):
            return list(rows.all())
        time.sleep(0.1)  # the worker is another process
    raise AssertionError([(run.state, run.done) for run in rows.all()])


def slow_run(by, key="slow", *, pause=0.0, rows=ROWS):
    arguments = {"pause": pause, "rows": rows}
    return start_run(by=by, kind="test.slow", key=key, arguments=arguments)


def test_a_worker_carries_out_the_run_and_logs_nobody(bell, redis_server, member):
    with harness.worker(redis_server.url, options=WORK) as worker:
        good = slow_run(member)
        bad = start_run(by=member, kind="test.poison", key="bad")
        done, waits = ended(good)[0], bad
        for _ in range(3):
            sweep_runs()
            time.sleep(0.5)  # the worker is another process
        (failed,) = ended(waits)
        log = worker.log.read_text()
    assert (done.state, done.done) == (RunState.DONE, ROWS)
    assert Notice.objects.filter(text__startswith="第").count() == ROWS
    assert (failed.state, failed.attempts) == (RunState.FAILED, 3)
    assert "ValueError" in log
    for secret in ("张建国", "16112345678"):
        assert secret not in log


def test_a_killed_worker_is_replaced_without_a_row_lost_or_doubled(
    bell, redis_server, member, settings
):
    run = slow_run(member, pause=0.05)
    with harness.worker(redis_server.url, options=WORK) as worker:
        while BackgroundRun.objects.get().done < 10:
            time.sleep(0.02)  # the worker is another process
        worker.kill()
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    settings.RUN_STALE_SECONDS = 0
    BackgroundRun.objects.update(heartbeat_at="2026-01-01T00:00:00+08:00")
    with harness.worker(redis_server.url, options=WORK):
        sweep_runs()
        (run,) = ended(run)
    assert (run.state, run.done) == (RunState.DONE, ROWS)
    rows = sorted(
        int(text[1:-1])
        for text in Notice.objects.filter(text__startswith="第").values_list("text", flat=True)
    )
    assert rows == list(range(ROWS))


def test_a_flushed_broker_loses_none_of_a_hundred(bell, redis_server, member):
    """F10."""
    runs = [slow_run(member, key=f"r{number}", rows=2) for number in range(100)]
    redis.Redis.from_url(redis_server.url).flushall()
    with harness.worker(redis_server.url, concurrency=2, options=WORK):
        sweep_runs()
        states = {run.state for run in ended(*runs)}
    assert states == {RunState.DONE}
    assert Notice.objects.filter(text__startswith="第").count() == 100 * 2


def test_five_messages_have_one_effect(bell, redis_server, member):
    """F11, with workers of their own."""
    run = slow_run(member)
    for _ in range(4):
        bell.ring(run.pk)
    with harness.worker(redis_server.url, concurrency=5, options=WORK):
        (run,) = ended(run)
    assert (run.attempts, run.done) == (1, ROWS)
    assert Notice.objects.filter(text__startswith="第").count() == ROWS


def test_a_refused_broker_costs_a_second_once_and_loses_nothing(member, monkeypatch, settings):
    """F8."""
    settings.RUN_DOORBELL = "celery"
    broker = f"redis://127.0.0.1:{processes.free_port()}/0"
    monkeypatch.setattr(doorbell, "broker_bell", doorbell.BrokerBell(client_of(broker)))
    began = time.monotonic()
    run = slow_run(member)
    assert time.monotonic() - began <= 1
    began = time.monotonic()
    slow_run(member, key="second")
    assert time.monotonic() - began <= 0.8, "the circuit is open"
    run.refresh_from_db()
    assert run.state == RunState.QUEUED


def test_a_hung_broker_costs_six_seconds_once(member, monkeypatch, settings):
    """F9."""
    settings.RUN_DOORBELL = "celery"
    with private_redis() as server:
        bell = doorbell.BrokerBell(client_of(server.url))
        monkeypatch.setattr(doorbell, "broker_bell", bell)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            slow_run(member)
            assert time.monotonic() - began <= 6
            began = time.monotonic()
            slow_run(member, key="second")
            assert time.monotonic() - began <= 0.8
        finally:
            os.kill(server.pid, signal.SIGCONT)


def test_the_circuit_closes_again(bell, member, monkeypatch):
    monkeypatch.setattr(bell, "_quiet_until", time.monotonic() + 0.2)
    sent = []
    monkeypatch.setattr(bell._app, "send_task", lambda *args, **options: sent.append(options))
    bell.ring(1)
    assert sent == []
    time.sleep(0.25)  # longer than the circuit stays open here
    bell.ring(1)
    assert sent == [{"args": [1], "expires": doorbell.RING_EXPIRES}]
