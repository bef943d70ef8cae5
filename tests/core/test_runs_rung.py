"""What sets a background run going: bells, the sweeper, the night, the command."""

import threading

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from core.enums import RunState
from core.runs import doorbell, engine, nightly, sweep_runs
from core.runs.sweeper import SweeperThread
from tests.core.counted import ROWS, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counting")]


def test_nothing_is_rung_when_the_request_is_rolled_back(
    member, django_capture_on_commit_callbacks, monkeypatch
):
    """F12."""
    rung: list[int] = []
    monkeypatch.setattr(doorbell, "ring", rung.append)
    with django_capture_on_commit_callbacks(execute=False):
        run = start(member)
    assert rung == []
    with django_capture_on_commit_callbacks(execute=True):
        again = start(member, key="count:2")
        quiet = start(member, key="count:3", ring=False)
    assert rung == [again.pk]
    assert len({run.pk, again.pk, quiet.pk}) == 3


@override_settings(RUN_DOORBELL="inline")
def test_the_inline_bell_works_at_once(member, written):
    doorbell.ring(start(member).pk)
    assert written == list(range(ROWS))


def test_the_nightly_work_runs_once_a_day(time_machine, written):
    @nightly("night", name="夜里的活")
    def night(run, progress):
        written.append(run.key)

    for moment in ("2026-11-22 01:59", "2026-11-22 02:00", "2026-11-22 23:00", "2026-11-23 03:00"):
        time_machine.move_to(f"{moment}+08:00", tick=False)
        sweep_runs(ring=engine.attend)
    nights = [key for key in written if key.startswith("night:")]
    assert nights == ["night:2026-11-22", "night:2026-11-23"]


def test_nightly_work_may_be_due_again_by_day(time_machine, written):
    @nightly("again", name="白天也要做的活", again_after=8)
    def again(run, progress):
        written.append(run.key)

    for hour in ("01:59", "02:00", "09:59", "10:00", "10:01", "18:00", "23:59"):
        time_machine.move_to(f"2026-11-22 {hour}+08:00", tick=False)
        sweep_runs(ring=engine.attend)
    done = [key for key in written if key.startswith("again:")]
    assert done == ["again:2026-11-22", "again:2026-11-22:1", "again:2026-11-22:2"]


def test_the_command_carries_out_what_waits(member, written, capsys):
    start(member)
    call_command("sweep_runs")
    assert written == list(range(ROWS))
    assert capsys.readouterr().out.startswith("叫醒 ")


@pytest.mark.django_db(transaction=True)
def test_five_at_the_door_have_one_effect(member, written):
    """F11."""
    run = start(member)
    barrier = threading.Barrier(5)

    def worker():
        barrier.wait()
        try:
            engine.attend(run.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written == list(range(ROWS))
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.DONE, 1)


@pytest.mark.django_db(transaction=True)
@override_settings(RUN_DOORBELL="thread")
def test_the_thread_bell_works_in_a_thread_and_leaves_no_connection(member, written):
    run = start(member)
    doorbell.thread_bell.wait()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert written == list(range(ROWS))


@pytest.mark.django_db(transaction=True)
@override_settings(RUN_DOORBELL="thread", RUN_SWEEP_SECONDS=3600)
def test_the_sweeper_thread_resumes_what_a_dead_process_left(member, written):
    run = start(member, ring=False)
    sweeper = SweeperThread()
    sweeper.ensure()
    sweeper.ensure()
    for _ in range(200):
        run.refresh_from_db()
        if run.is_finished:
            break
        sweeper._pause.wait(0.05)
    assert run.state == RunState.DONE


def test_no_sweeper_thread_with_a_broker():
    sweeper = SweeperThread()
    with override_settings(RUN_DOORBELL="celery"):
        sweeper.ensure()
    assert sweeper._thread is None
