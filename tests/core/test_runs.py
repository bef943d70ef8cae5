"""Background runs: one effect however often they are rung, and no chunk lost or doubled."""

import datetime
import logging
import threading
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import bulk
from core.enums import RunState
from core.exports import registers_of
from core.models import AuditEvent, BackgroundRun, Notice
from core.runs import (
    RunFailed,
    cancel_run,
    doorbell,
    engine,
    nightly,
    registry,
    retry_run,
    run_now,
    runner,
    start_run,
    sweep_runs,
)
from core.runs.sweeper import SweeperThread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("runners")]

ROWS = 10


@pytest.fixture
def written():
    """What the counting work wrote."""
    return []


@pytest.fixture(autouse=True)
def counting(runners, written):
    """Register work of ten rows in chunks of two, going on from its checkpoint."""

    @runner("count", name="点数", page=lambda run: f"/counted/{run.pk}/")
    def count(run, progress):
        progress.expect(ROWS)
        for row in range(run.checkpoint.get("row", 0), ROWS, 2):
            with progress.chunk(2, checkpoint={"row": row + 2}):
                written.extend((row, row + 1))
        return {"rows": ROWS}


def start(by, key="count:1", **options):
    return start_run(by=by, kind="count", key=key, arguments={"batch": 1}, **options)


def fell_silent(run, seconds=3600):
    BackgroundRun.objects.filter(pk=run.pk).update(
        heartbeat_at=timezone.now() - datetime.timedelta(seconds=seconds)
    )


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


def test_no_fault_of_one_kind_takes_the_list_down(client, member, caplog):
    @runner("mute", name="做坏的", page=lambda run: {}[0], subjects=lambda runs: {}[0],
            verdict=lambda run: {}[0])  # fmt: skip
    def mute(run, progress):
        return {}

    @runner("well", name="做好的", subjects=lambda runs: {run.pk: "东城街道.xlsx" for run in runs})
    def well(run, progress):
        return {}

    mute_run, well_run = (
        run_now(start_run(by=member, kind=kind, key=kind)) for kind in ("mute", "well")
    )
    client.force_login(member)
    page = client.get(reverse("runs"))
    assert [record["what"] for record in page.context["records"]] == [
        "做好的：东城街道.xlsx",
        "做坏的",
    ]
    assert page.text.count("是哪一份，暂时说不出来，请点开看。") == 1
    assert "做坏的：做完了" in client.get(reverse("run", args=[mute_run.pk])).text
    assert "做好的：东城街道.xlsx：做完了" in client.get(reverse("run", args=[well_run.pk])).text
    assert "(mute) cannot tell its subject: KeyError" in caplog.text


def test_an_export_of_a_register_that_is_gone_is_listed_without_its_name(member):
    gone = {"register": "members.nothing"}
    run = start_run(by=member, kind="register.export", key="x", arguments=gone, ring=False)
    assert registers_of([run]) == {}


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


class Clock:
    """A time that passes only while somebody works or sleeps; it keeps when others could write."""

    def __init__(self):
        self.now, self.gaps = 100.0, []

    def monotonic(self):
        return self.now

    def work(self, seconds):
        self.now += seconds

    def sleep(self, seconds):
        self.gaps.append(round(self.now - 100, 3))
        self.now += seconds


@pytest.mark.parametrize(
    ("chunk", "gaps"),
    [(0.06, [0.18, 0.41, 0.64]), (0.3, [0.3, 0.65])],  # short ones together, a long one by itself
)
def test_on_sqlite_chunks_leave_the_pages_gaps_to_write(member, monkeypatch, settings, chunk, gaps):
    settings.RUN_HOLD_SECONDS, settings.RUN_PAUSE_SECONDS = 0.2, 0.05
    clock = Clock()
    monkeypatch.setattr(engine, "time", clock)

    @runner("busy", name="忙活")
    def busy(run, progress):
        while clock.now < 100.7:
            with progress.chunk(1):
                clock.work(chunk)

    assert run_now(start_run(by=member, kind="busy", key="x")).state == RunState.DONE
    assert clock.gaps == (gaps if connection.vendor == "sqlite" else [])


@pytest.mark.django_db(transaction=True)
def test_rows_still_being_read_do_not_break_what_sqlite_carries_over(member):
    with connection.cursor() as reading:
        reading.execute("SELECT 1 FROM core_user UNION ALL SELECT 2 UNION ALL SELECT 3")
        bulk.carry_over()
        assert len(reading.fetchall()) == 3


@pytest.mark.django_db(transaction=True)
def test_what_sqlite_noted_is_in_its_file_after_a_gap(member, settings):
    """PostgreSQL has no such log: nothing is asked of it."""
    is_sqlite = connection.vendor == "sqlite"
    settings.RUN_HOLD_SECONDS, settings.RUN_PAUSE_SECONDS = 0, 0.001
    file, written = Path(connection.settings_dict["NAME"]) if is_sqlite else Path(__file__), []

    @runner("noted", name="记下")
    def noted(run, progress):
        for _ in range(2):
            with progress.chunk(1):
                written.append(file.stat().st_mtime_ns)

    with CaptureQueriesContext(connection) as asked:
        assert run_now(start_run(by=member, kind="noted", key="x")).state == RunState.DONE
    assert any("wal_checkpoint" in each["sql"] for each in asked) == is_sqlite
    assert (written[0] < written[1]) == is_sqlite


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


class TestPages:
    """The run's page is its owner's."""

    def test_the_owner_sees_how_far_it_is(self, client, member):
        run = start(member)
        now = timezone.now()
        BackgroundRun.objects.update(
            state=RunState.RUNNING,
            done=5,
            total=10,
            started_at=now - datetime.timedelta(minutes=3),
            heartbeat_at=now,
        )
        client.force_login(member)
        page = client.get(reverse("run", args=[run.pk])).content.decode()
        assert "点数" in page
        assert '<progress value="5" max="10">' in page
        assert "大约还要3分钟" in page or "大约还要4分钟" in page
        state = client.get(reverse("run-state", args=[run.pk])).json()
        assert (state["state"], state["percent"], state["finished"]) == ("RUNNING", 50, False)

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (RunState.QUEUED, "排着队"),
            (RunState.RUNNING, "正在进行"),
            (RunState.DONE, "做完了"),
            (RunState.FAILED, "断电了"),
            (RunState.CANCELLED, "已停下"),
        ],
    )
    def test_each_state_says_what_it_is(self, client, member, state, words):
        run = start(member)
        BackgroundRun.objects.update(state=state, error="断电了")
        client.force_login(member)
        assert words in client.get(reverse("run", args=[run.pk])).content.decode()

    @pytest.mark.parametrize("name", ["run", "run-state"])
    def test_another_user_finds_nothing(self, client, member, outsider, name):
        run = start(member)
        client.force_login(outsider)
        assert client.get(reverse(name, args=[run.pk])).status_code == 404

    @pytest.mark.parametrize("name", ["run-cancel", "run-retry"])
    def test_another_user_changes_nothing(self, client, member, outsider, name):
        run = start(member)
        client.force_login(outsider)
        assert client.post(reverse(name, args=[run.pk])).status_code == 404
        assert client.get(reverse(name, args=[run.pk])).status_code == 405
        run.refresh_from_db()
        assert run.state == RunState.QUEUED

    def test_the_auditor_sees_the_systems_own_work_and_leaves_it_alone(
        self, client_for, auditor, sysadmin
    ):
        run = start(None)
        for user, may in ((sysadmin, True), (auditor, False)):
            shown = client_for(user).get(reverse("run", args=[run.pk])).content.decode()
            assert ("停下来" in shown) == may
        for name in ("run-cancel", "run-retry"):
            answer = client_for(auditor).post(reverse(name, args=[run.pk]))
            assert answer.status_code == 404
        run.refresh_from_db()
        assert run.state == RunState.QUEUED

    def test_the_owner_stops_it_and_lets_it_go_on(self, client, member, written):
        run = start(member)
        client.force_login(member)
        client.post(reverse("run-cancel", args=[run.pk]))
        run.refresh_from_db()
        assert run.state == RunState.CANCELLED
        BackgroundRun.objects.update(state=RunState.FAILED, cancel_requested=False)
        client.post(reverse("run-retry", args=[run.pk]))
        assert run_now(run).state == RunState.DONE

    def test_a_second_one_says_its_place_in_the_line(self, client, member, outsider):
        first, second = start(member), start(outsider, key="count:2")
        third = start(member, key="count:3")
        client.force_login(member)
        told = [
            client.get(reverse("run-state", args=[run.pk])).json()["left"] for run in (first, third)
        ]
        assert told == ["前面没有别的工作，马上就开始。", "前面还有2项工作，轮到了就自动开始。"]
        run_now(second)
        page = client.get(reverse("run", args=[third.pk])).text
        assert "排着队" in page
        assert "前面还有1项工作" in page

    def test_who_sees_it_finished_needs_no_notice_of_it(self, client, client_for, member, written):
        run = start(member)
        client.force_login(member)
        other = Notice.objects.create(user=member, text="别的事", url="/me/")
        address = reverse("run", args=[run.pk])
        client.get(address)
        run_now(run)
        assert Notice.objects.unread().count() == 2
        client.get(address)
        assert list(Notice.objects.unread()) == [other]

    def test_one_comes_back_to_a_list_of_ones_own(
        self, client, member, outsider, django_assert_num_queries
    ):
        first = run_now(start(member))
        start(outsider, key="count:2")
        client.force_login(member)
        with CaptureQueriesContext(connection) as one:
            page = client.get(reverse("runs"))
        assert [record["url"] for record in page.context["records"]] == [f"/runs/{first.pk}/"]
        assert "已处理10行，共10行" in page.text
        start(member, key="count:3")
        start(member, key="count:4")
        with django_assert_num_queries(len(one)):
            page = client.get(reverse("runs"))
        marks = [record["mark"].word for record in page.context["records"]]
        assert marks == ["排队", "排队", "已完成"]

    def test_a_stranger_is_asked_to_sign_in(self, client, member):
        answer = client.get(reverse("run", args=[start(member).pk]))
        assert answer.status_code == 302


def test_the_state_of_the_row_is_in_words(member):
    run = BackgroundRun(by=member, kind="count", done=0, total=0)
    assert (run.percent, run.seconds_left, run.time_left) == (0, None, "")
    assert str(run) == "count 排队"
    run.done, run.total = 1, 101
    run.started_at = timezone.now() - datetime.timedelta(minutes=2)
    assert run.time_left == "大约还要3小时"
    assert connection.vendor in {"sqlite", "postgresql"}
