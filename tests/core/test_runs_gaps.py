"""Background runs on SQLite: what they leave to the pages between their chunks."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import bulk
from core.enums import RunState
from core.runs import engine, run_now, runner, start_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counting")]


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
