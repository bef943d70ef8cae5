"""Background runs: one effect however often they are tried, and no chunk lost or doubled."""

import logging

import pytest
from django.db import OperationalError
from django.urls import reverse

from core.enums import RunState
from core.models import AuditEvent, BackgroundRun, Notice
from core.runs import (
    RunFailed,
    cancel_run,
    engine,
    registry,
    retry_run,
    run_now,
    runner,
    start_run,
    sweep_runs,
)
from tests.core.counted import ROWS, fell_silent, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counting")]


def test_a_run_works_through_its_chunks_and_tells_its_owner(member, written):
    run = run_now(start(member))
    assert (run.state, run.done, run.total) == (RunState.DONE, ROWS, ROWS)
    assert run.result == {"rows": ROWS}
    assert run.checkpoint == {"row": ROWS}
    assert written == list(range(ROWS))
    notice = Notice.objects.get()
    assert (notice.user, notice.text, notice.url) == (
        member,
        "点数已经做完。",
        f"/counted/{run.pk}/",
    )


def test_starting_twice_with_one_key_is_one_run(member):
    assert start(member) == start(member)


def test_a_finished_run_is_not_done_again(member, written):
    run = run_now(start(member))
    engine.attend(run.pk)
    assert written == list(range(ROWS))


def test_a_killed_run_goes_on_after_its_last_whole_chunk(member, written):
    run = start(member)

    @runner("count", name="点数")
    def power_cut(run, progress):
        with progress.chunk(4, checkpoint={"row": 4}):
            written.extend(range(4))
        raise KeyboardInterrupt

    work = registry.find("count")
    with pytest.raises(KeyboardInterrupt):
        run_now(run)
    run.refresh_from_db()
    assert (run.state, run.done) == (RunState.RUNNING, 4)
    engine.attend(run.pk)
    assert written == list(range(4)), "nobody takes over from a living holder"
    registry._runners["count"] = registry.Runner(resumed(written), "点数")
    assert work is not registry.find("count")
    fell_silent(run)
    assert sweep_runs(ring=engine.attend) == 1
    run.refresh_from_db()
    assert (run.state, run.done) == (RunState.DONE, ROWS)
    assert written == list(range(ROWS))


def resumed(written):
    def work(run, progress):
        for row in range(run.checkpoint["row"], ROWS):
            with progress.chunk(1, checkpoint={"row": row + 1}):
                written.append(row)

    return work


def test_a_holder_that_was_given_up_for_dead_writes_nothing_more(member, written):
    @runner("slow", name="慢活")
    def slow(run, progress):
        fell_silent(run)
        run_now(BackgroundRun.objects.get(pk=run.pk))
        with progress.chunk(1):
            written.append("late")

    @runner("second", name="接手")
    def second(run, progress):
        with progress.chunk(1):
            written.append("taken over")

    run = start_run(by=member, kind="slow", key="slow:1")
    registry._runners["slow"] = registry.Runner(
        lambda run, progress: (second if run.attempts > 1 else slow)(run, progress), "慢活"
    )
    engine.attend(run.pk)
    run.refresh_from_db()
    assert written == ["taken over"]
    assert (run.state, run.done) == (RunState.DONE, 1)


def test_a_poison_run_is_tried_three_times_and_then_says_so(member, written, caplog):
    """F13."""
    tries = []

    @runner("poison", name="导入名册")
    def poison(run, progress):
        tries.append(run.attempts)
        with progress.chunk(1):
            raise ValueError("张建国 16112345678 990101194803120017")

    bad, good = start_run(by=member, kind="poison", key="p"), start(member)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            sweep_runs(ring=engine.attend)
    bad.refresh_from_db()
    assert tries == [1, 2, 3]
    assert (bad.state, bad.done) == (RunState.FAILED, 0)
    assert bad.error == (
        "试了3次都没有做完，已做完的部分都保留着。"
        f"请打开这项工作，按“接着再试一次”；还是不行，请打求助电话，报编号{bad.pk}。"
    )
    good.refresh_from_db()
    assert good.state == RunState.DONE, "the queue goes on"
    assert "ValueError" in caplog.text
    for secret in ("张建国", "16112345678", "990101194803120017"):
        assert secret not in caplog.text
    texts = set(Notice.objects.values_list("text", flat=True))
    assert texts == {"导入名册没有做完。", "点数已经做完。"}


def test_what_begins_again_each_time_is_tried_three_times_too(member):
    @runner("afresh", name="核对名册", begins_again=True)
    def afresh(run, progress):
        with progress.chunk(1):
            pass
        raise ValueError

    run = start_run(by=member, kind="afresh", key="a")
    for _ in range(5):
        engine.attend(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.FAILED, 3)


def test_three_deaths_that_say_nothing_end_it(member):
    run = start(member)
    for _ in range(3):
        engine._claim(run.pk)
        fell_silent(run)
    engine.attend(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.FAILED, 3)


def test_tries_that_get_on_do_not_count(member, written):
    @runner("restarts", name="常被打断")
    def restarts(run, progress):
        with progress.chunk(1):
            written.append(run.done)
        if run.done < 6:
            raise OSError

    run = start_run(by=member, kind="restarts", key="r")
    for _ in range(6):
        engine.attend(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert written == list(range(6))


def test_a_refusal_is_final_and_said_in_its_own_words(member):
    @runner("refuses", name="导入名册")
    def refuses(run, progress):
        raise RunFailed("文件已经不在了，请重新上传。")

    run = run_now(start_run(by=member, kind="refuses", key="x"))
    assert (run.state, run.error) == (RunState.FAILED, "文件已经不在了，请重新上传。")


def test_a_run_ends_also_when_its_work_cannot_tell_what_it_was_about(member):
    @runner("untold", name="导出表格", subjects=lambda runs: {}["gone"])
    def untold(run, progress):
        return {}

    run = run_now(start_run(by=member, kind="untold", key="x"))
    notice = Notice.objects.get()
    assert (run.state, notice.text) == (RunState.DONE, "导出表格已经做完。")
    assert notice.url == reverse("run", args=[run.pk])


def test_what_breaks_is_raised_to_the_command_that_runs_it(member):
    @runner("breaks", name="坏")
    def breaks(run, progress):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_now(start_run(by=member, kind="breaks", key="x"))
    assert BackgroundRun.objects.get().state == RunState.QUEUED


def test_a_database_that_goes_away_leaves_the_run_to_the_sweeper(member, monkeypatch):
    @runner("breaks", name="坏")
    def breaks(run, progress):
        raise OperationalError

    def away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(engine, "_held", away)
    run = start_run(by=member, kind="breaks", key="x")
    engine.attend(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_an_unknown_kind_fails_and_says_so(member):
    run = run_now(start_run(by=member, kind="gone", key="x"))
    assert (run.state, run.error) == (
        RunState.FAILED,
        f"系统里没有这项工作了，不用再试。请打求助电话，报编号{run.pk}。",
    )


def test_cancelling_a_waiting_run_ends_it_at_once(member, written):
    run = cancel_run(by=member, run=start(member))
    assert run.state == RunState.CANCELLED
    engine.attend(run.pk)
    assert written == []
    assert AuditEvent.objects.latest("pk").act == "取消后台工作"


def test_cancelling_a_running_run_keeps_the_chunks_written(member, written):
    @runner("long", name="长活")
    def long(run, progress):
        with progress.chunk(1):
            written.append(1)
        cancel_run(by=member, run=run)
        with progress.chunk(1):
            written.append(2)

    run = run_now(start_run(by=member, kind="long", key="x"))
    assert (run.state, run.done) == (RunState.CANCELLED, 1)
    assert written == [1]
    assert not Notice.objects.exists()


def test_a_beat_shows_life_and_notices_the_cancel(member, monkeypatch):
    monkeypatch.setattr(engine, "BEAT_SECONDS", 0)

    @runner("reads", name="读文件")
    def reads(run, progress):
        fell_silent(run)
        progress.beat()
        assert BackgroundRun.objects.filter(heartbeat_at__gt=engine.stale_before()).exists()
        cancel_run(by=member, run=run)
        progress.beat()

    run = run_now(start_run(by=member, kind="reads", key="x"))
    assert run.state == RunState.CANCELLED


def test_retrying_goes_on_from_the_checkpoint(member, written):
    run = start(member)
    BackgroundRun.objects.update(
        state=RunState.FAILED,
        attempts=3,
        checkpoint={"row": 8},
        done=8,
        error="断电",
        cancel_requested=True,  # somebody pressed 取消 while it was failing
    )
    run = run_now(retry_run(by=member, run=run))
    assert (run.state, run.done, run.error) == (RunState.DONE, ROWS, "")
    assert written == [8, 9]
