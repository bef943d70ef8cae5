"""Hands that help to assess a roster: every row once and in order, also when one is killed."""

import errno
import gc
import os
import signal
import subprocess
import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from django.db import transaction

from core.runs import run_now
from members.actions.roster import check_roster, keep_roster, open_roster
from members.roster import copies, crew, runs
from members.roster.assessing import Assessed, Assessor, Terms
from members.roster.calm import calm_collector
from members.roster.company import Company
from members.roster.copies import Copy, may_copy
from members.roster.headings import recognise
from members.roster.reporting import Totals
from members.roster.staging import Staged
from tests.cast import TODAY
from tests.harness.celery import worker_environment
from tests.members.roster.conftest import HEADING, called, number

SIZES = [*range(1, 21)]
ROWS = sum(SIZES)


class Counting:
    """An assessor that counts the rows left to it."""

    def __init__(self, assessor):
        self.assessor, self.rows = assessor, 0

    def assess(self, chunk):
        self.rows += len(chunk.rows)
        return self.assessor.assess(chunk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("are_copies", [True, False])
def test_a_lost_hand_loses_nothing(
    monkeypatch, settings, bureau_staff, branch, write_csv, are_copies
):
    monkeypatch.setattr(os, "environ", worker_environment(""))  # hands meet the test's database
    monkeypatch.setattr(crew, "may_copy", lambda: are_copies)
    settings.ROSTER_HANDS, settings.SETTINGS_MODULE = 2, "portal.settings"
    people = [[called(order), number(order), "QL0001"] for order in range(1, ROWS)]
    file = keep_roster(by=bureau_staff, name="a.csv", source=write_csv(people))
    batch = open_roster(by=bureau_staff, file=file)
    terms = Terms(
        recognise([(1, HEADING)], needs_branch=True), TODAY, epoch_1904=False, is_csv=True
    )
    assessor = Counting(Assessor(batch, bureau_staff, terms))
    rows = iter(enumerate([*people, people[0]], 2))
    met = Company(assessor.assessor.judge)
    chunks = [met.meet([next(rows) for _ in range(size)]) for size in SIZES]

    with crew.Crew(assessor, terms, batch, bureau_staff) as all_of_us:
        assessed = list(all_of_us.assessed(_with_a_loss(all_of_us, chunks)))
        (hand,) = all_of_us._hands
        assert isinstance(hand._process, Copy) == are_copies
        hand._process.stdin.close()  # as when whoever started it dies
        assert hand._process.wait(timeout=60) == 0

    assert [each.totals.rows for each in assessed] == SIZES
    assert [dict(each.totals.states) for each in assessed[:-1]] == [{"N": n} for n in SIZES[:-1]]
    assert dict(assessed[-1].totals.states) == {"N": SIZES[-1] - 1, "R": 1}
    assert 0 < assessor.rows < ROWS


class Slow:
    """A hand that has taken some chunks and has not come to any of them."""

    is_free = True

    def __init__(self):
        self.given = []

    def give(self, chunk):
        self.given.append((chunk, Future()))
        self.is_free = len(self.given) < crew._AHEAD
        return self.given[-1][1]

    def end(self):
        pass


def test_who_has_nothing_left_helps_the_hand_with_what_it_has_not_begun(monkeypatch):
    slow = Slow()

    class Here:
        def assess(self, chunk):
            first, answer = slow.given[0]
            if chunk == slow.given[1][0]:  # the last of those that wait
                answer.set_result(of_somebody(first))
            return of_somebody(chunk)

    monkeypatch.setattr(crew, "may_copy", lambda: True)
    monkeypatch.setattr(crew, "Copy", lambda assessor: None)
    monkeypatch.setattr(crew, "_Hand", lambda copy: slow)
    batch = SimpleNamespace(pk=1)
    with crew.Crew(Here(), None, batch, batch) as all_of_us:
        all_of_us._start = lambda make_hand: all_of_us._hands.append(make_hand())
        came = list(all_of_us.assessed(iter(range(1, 6))))
    assert [each.totals.rows for each in came] == [1, 2, 3, 4, 5]
    assert [chunk for chunk, _ in slow.given] == [1, 2, 3]


def of_somebody(chunk):
    return Assessed(Staged(None, None), Totals(rows=chunk), [])


def test_a_hand_that_takes_no_order_is_sent_away(monkeypatch):
    started, start = [], subprocess.Popen

    def idle(command, *, stdin, stdout, **_):
        started.append(start(["sleep", "60"], stdin=stdin, stdout=stdout))
        return started[0]

    def broken(pipe, what):
        raise BrokenPipeError

    monkeypatch.setattr(crew.subprocess, "Popen", idle)
    monkeypatch.setattr(crew, "send", broken)
    with pytest.raises(BrokenPipeError):
        crew._hired((0, 0, None))
    assert started[0].returncode == -9


@pytest.mark.django_db(transaction=True)
def test_a_process_at_work_on_something_else_is_not_copied(monkeypatch):
    with monkeypatch.context() as alone:  # the tests before may have left a thread
        alone.setattr(threading, "active_count", lambda: 1)
        assert may_copy()
        with transaction.atomic():
            assert not may_copy()
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not may_copy()
    finally:
        done.set()
        other.join()


def _with_a_loss(all_of_us, chunks):
    """Yield CHUNKS; wait for the hands once they are started, and kill one of them in the middle."""
    for count, chunk in enumerate(chunks, 1):
        yield chunk
        if count == crew._WORTH_IT:
            for hand in all_of_us._hands:
                assert hand._ready is None or hand._ready.result(timeout=60) == "ready"
        if count == len(chunks) // 2:
            all_of_us._hands[0]._process.kill()
            all_of_us._hands[0]._process.wait(timeout=60)


def test_a_copy_that_cannot_be_made_leaves_nothing_open(monkeypatch):
    def full():
        raise BlockingIOError

    monkeypatch.setattr(copies.os, "fork", full)
    monkeypatch.setattr(copies.connections, "close_all", lambda: None)
    before, mask = os.listdir("/proc/self/fd"), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with pytest.raises(BlockingIOError):
        Copy(None)
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == mask


def test_a_second_pipe_that_fails_leaves_nothing_of_the_first_open(monkeypatch):
    pipes = [os.pipe()]

    def one_only():
        if not pipes:
            raise OSError(errno.EMFILE, "too many open files")
        return pipes.pop()

    monkeypatch.setattr(copies.os, "pipe", one_only)
    monkeypatch.setattr(copies.connections, "close_all", lambda: None)
    (first,) = pipes
    with pytest.raises(OSError, match="too many"):
        Copy(None)
    for end in first:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)


@pytest.fixture
def idle_copy(monkeypatch):
    """A copy that waits for its first chunk."""
    monkeypatch.setattr(copies.connections, "close_all", lambda: None)
    copy = Copy(Counting(None))
    yield copy
    copy.kill()
    copy.wait()
    copy.stdin.close()
    copy.stdout.close()


def test_waiting_for_a_copy_ends_when_the_time_is_over(idle_copy):
    late = threading.Timer(20, idle_copy.kill)  # a wait without end would hold the tests up
    late.start()
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            idle_copy.wait(timeout=0.02)
    finally:
        late.cancel()
        late.join()
    idle_copy.kill()
    assert (idle_copy.wait(timeout=20), idle_copy.wait(timeout=20)) == (-9, -9)


def test_a_copy_that_somebody_else_has_waited_for_counts_as_ended(idle_copy):
    idle_copy.stdin.close()
    os.waitpid(idle_copy._pid, 0)
    idle_copy.kill()
    assert idle_copy.wait(timeout=20) == 0


def test_every_hand_is_sent_away_also_where_one_does_not_go_quietly():
    class Leaving:
        def __init__(self, refuses):
            self.refuses, self.is_gone = refuses, False

        def end(self):
            if self.refuses:
                raise OSError(errno.EIO, "it does not go")
            self.is_gone = True

    all_of_us = crew.Crew.__new__(crew.Crew)
    all_of_us._hands = [Leaving(refuses) for refuses in (False, True, False)]
    with pytest.raises(OSError, match="does not go"), all_of_us:
        pass
    assert [hand.is_gone for hand in all_of_us._hands] == [True, False, True]


def test_two_checks_at_once_give_the_collector_back():
    before = gc.get_threshold()
    one, other = calm_collector(), calm_collector()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold() != before
    other.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_a_second_check_shares_what_was_made_since_the_first_as_well():
    with calm_collector():
        frozen = gc.get_freeze_count()
        made = [[number] for number in range(1_000)]
        with calm_collector():
            assert gc.get_freeze_count() >= frozen + len(made)


def test_nothing_is_looked_through_before_the_first_row(
    monkeypatch, write_csv, bureau_staff, branch
):
    before, seen = gc.get_threshold(), []

    class Watching(Assessor):
        def __init__(self, *args):
            seen.append(gc.get_threshold() != before and gc.get_freeze_count() > 0)
            super().__init__(*args)

    monkeypatch.setattr(runs, "Assessor", Watching)
    path = write_csv([[called(1), number(1), "QL0001"]])
    file = keep_roster(by=bureau_staff, name=path.name, source=path)
    batch = open_roster(by=bureau_staff, file=file)
    run_now(check_roster(by=bureau_staff, batch=batch, ring=False).check_run)
    assert seen == [True]
    assert gc.get_threshold() == before
