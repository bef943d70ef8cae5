"""Background runs that write much: on SQLite, which has one pen, they follow each other."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.enums import RunState
from core.models import BackgroundRun
from core.runs import engine, run_now, runner, start_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("runners")]


@pytest.fixture
def began():
    """The keys of the runs in the order in which they began."""
    return []


@pytest.fixture
def writing(began):
    """Register work that needs the pen."""

    @runner("fills", name="写很多", one_pen=True)
    def fills(run, progress):
        began.append(run.key)
        with progress.chunk(1):
            pass


@pytest.fixture
def two(member, writing):
    """Two such runs, the first under way in another process."""
    first, second = (
        start_run(by=member, kind="fills", key=key, ring=False) for key in ("first", "second")
    )
    BackgroundRun.objects.filter(pk=first.pk).update(
        state=RunState.RUNNING, holder="elsewhere", heartbeat_at=timezone.now()
    )
    return first, second


def state_of(run):
    run.refresh_from_db()
    return run.state


def test_a_second_one_waits_on_sqlite_until_the_first_has_laid_the_pen_down(two, began):
    first, second = two

    engine.attend(second.pk)

    assert state_of(second) == (RunState.QUEUED if connection.vendor == "sqlite" else RunState.DONE)
    BackgroundRun.objects.filter(pk=first.pk).update(state=RunState.QUEUED)
    engine.attend(first.pk)
    assert (state_of(first), state_of(second)) == (RunState.DONE, RunState.DONE)
    assert sorted(began) == ["first", "second"]


def test_work_that_breaks_each_time_keeps_no_other_waiting(member, writing, began):
    @runner("breaks", name="总做不完", one_pen=True, begins_again=True)
    def breaks(run, progress):
        began.append(run.key)
        with progress.chunk(1):
            pass
        raise ValueError

    bad = [start_run(by=member, kind="breaks", key=key, ring=False) for key in ("bad", "worse")]
    good = start_run(by=member, kind="fills", key="good", ring=False)
    engine.attend(bad[0].pk)
    engine.attend(good.pk)  # where there are more pens than one, each has its own doorbell
    assert state_of(good) == RunState.DONE
    assert [began.count(run.key) for run in bad] == (
        [1, 1] if connection.vendor == "sqlite" else [1, 0]
    )


def test_who_fell_silent_holds_no_pen(two, settings):
    first, second = two
    silent = timezone.now() - timedelta(seconds=settings.RUN_STALE_SECONDS + 1)
    BackgroundRun.objects.filter(pk=first.pk).update(heartbeat_at=silent)

    assert run_now(second).state == RunState.DONE


def test_other_work_waits_for_no_pen(two, member):
    @runner("reads", name="看一看")
    def reads(run, progress):
        pass

    assert run_now(start_run(by=member, kind="reads", key="r", ring=False)).state == RunState.DONE
