"""Chunks written two at once: those on record are left out, and what one lane loses the other writes."""

import threading

import pytest
from django.db import DatabaseError, connection

from core.files import keep_file
from core.runs import Progress, run_now
from members.actions.roster import check_roster, confirm_roster, open_roster
from members.enums import RosterState
from members.models import Member, RosterChunk
from members.parameters import check_parameters
from members.roster import runs
from members.roster.applying import Writer
from members.roster.lanes import Lanes
from members.roster.reporting import layout_of
from members.roster.staging import staged_fields
from tests.members.roster.conftest import called, number

ROWS = 10


@pytest.fixture
def batch(monkeypatch, write_csv, bureau_staff, branch):
    """A checked roster of ten rows, written two rows at a time."""
    monkeypatch.setattr(runs, "CHUNK_ROWS", 2)
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 1)
    path = write_csv([[called(order), number(order), "QL0001"] for order in range(1, ROWS + 1)])
    file = keep_file(by=bureau_staff, name=path.name, source=path)
    batch = open_roster(by=bureau_staff, file=file)
    batch = check_roster(by=bureau_staff, batch=batch, ring=False)
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch


def written(user, batch):
    """Write BATCH to the end; return the run and the chunks on record."""
    batch = confirm_roster(by=user, batch=batch, ring=False)
    run = run_now(batch.write_run)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["created"]) == (RosterState.DONE, ROWS)
    assert Member.objects.filter(roster_batch=batch).count() == ROWS
    ranges = RosterChunk.objects.order_by("first_row").values_list("first_row", "last_row")
    return run, list(ranges)


@pytest.mark.django_db
@pytest.mark.parametrize("hold", [0, 60])
def test_short_chunks_grow_where_there_is_one_pen(bureau_staff, batch, monkeypatch, settings, hold):
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 3)
    settings.ROSTER_LANES, settings.RUN_HOLD_SECONDS = 1, hold
    grows = hold and connection.vendor == "sqlite"
    _, ranges = written(bureau_staff, batch)
    assert ranges == (
        [(2, 3), (4, 7), (8, 11)] if grows else [(2, 3), (4, 5), (6, 7), (8, 9), (10, 11)]
    )


@pytest.mark.django_db
def test_a_chunk_grows_as_far_as_others_may_wait(bureau_staff, batch, monkeypatch, settings):
    """Each takes half the time that others may wait: four fifths of it are filled, no more."""
    settings.RUN_HOLD_SECONDS = 0.2
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 5)
    monkeypatch.setattr(Progress, "last_seconds", property(lambda progress: 0.1))
    _, ranges = written(bureau_staff, batch)
    grows = connection.vendor == "sqlite"
    assert ranges == (
        [(2, 3), (4, 6), (7, 10), (11, 11)] if grows else [(2, 3), (4, 5), (6, 7), (8, 9), (10, 11)]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("took", "rows"), [(0, 1200), (0.1, 960), (0.16, 600), (0.2, 480), (0.25, 384), (9, 300)]
)
def test_the_next_chunk_fits_into_the_time_that_others_may_wait(batch, settings, took, rows):
    settings.RUN_HOLD_SECONDS = 0.2
    lanes = Lanes(batch, batch.rows.none(), lambda: None, chunk_rows=100, most_rows=2_000)
    lanes._chunk_rows = 600
    assert lanes._fitting(took) == rows


@pytest.mark.django_db
def test_a_chunk_on_record_amid_others_is_left_out(bureau_staff, branch, batch):
    writer = Writer(
        batch,
        staged_fields(layout_of(batch)),
        [branch.pk],
        by=bureau_staff,
        parameters=check_parameters(),
    )
    writer.write(5, 7)
    _, ranges = written(bureau_staff, batch)
    assert ranges == [(2, 3), (4, 4), (5, 7), (8, 9), (10, 11)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_what_the_second_lane_loses_the_first_one_writes(
    monkeypatch, settings, bureau_staff, batch, fails
):
    settings.ROSTER_LANES = 2
    write, beside = Writer.write, []

    def losing(self, first, last):
        if fails and threading.current_thread() is not threading.main_thread():
            raise DatabaseError
        chunk = write(self, first, last)
        if threading.current_thread() is not threading.main_thread():
            beside.append((first, last))
        return chunk

    monkeypatch.setattr(Writer, "write", losing)
    run, ranges = written(bureau_staff, batch)
    assert ranges == [(2, 3), (4, 5), (6, 7), (8, 9), (10, 11)]
    assert (run.done, run.total) == (ROWS, ROWS)
    has_two = connection.vendor == "postgresql" and not fails
    assert beside == ([(4, 5), (8, 9)] if has_two else [])
