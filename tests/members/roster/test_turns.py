"""An older run of a roster, retried: it changes nothing once the roster went on without it."""

from pathlib import Path

import pytest

from core.enums import RunState
from core.models import BackgroundRun, User
from core.runs import retry_run, run_now
from members.actions.roster import (
    check_roster,
    confirm_roster,
    discard_roster,
    open_roster,
    undo_roster,
)
from members.actions.roster_rows import Answer, decide_rows
from members.enums import RosterState
from members.models import Member, RosterBatch, RosterRow
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import kept, undone, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "原工作单位")


def failed(run: BackgroundRun | None) -> BackgroundRun:
    assert run is not None
    BackgroundRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    return run


def checked_after_failure(user: User, path: Path) -> tuple[RosterBatch, BackgroundRun]:
    batch = open_roster(by=user, file=kept(user, path))
    old = failed(check_roster(by=user, batch=batch, ring=False).check_run)
    batch = check_roster(by=user, batch=batch, ring=False)
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch, old


def retried(user: User, run: BackgroundRun) -> tuple[str, str]:
    run.refresh_from_db()
    run = run_now(retry_run(by=user, run=run))
    return run.state, run.error


TAKEN_OVER = (RunState.FAILED, "这项工作已由另一项接手，不用再试。")


@pytest.fixture
def path(write_csv, branch):
    make_member(branch, "王志明", id_number=number(3), former_unit="老厂")
    rows = [["张建国", number(1), "QL0001", ""], ["王志明", number(3), "QL0001", "新厂"]]
    return write_csv(rows, heading=HEADING)


class TestAnOlderCheck:
    def test_leaves_what_was_decided_written_and_taken_back(self, bureau_staff, path):
        batch, old = checked_after_failure(bureau_staff, path)
        decide_rows(by=bureau_staff, batch=batch, answers=[Answer(3, "take", ("former_unit",))])
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch = confirm_roster(by=bureau_staff, batch=batch, ring=False)
        assert retried(bureau_staff, old) == TAKEN_OVER
        assert list(RosterRow.objects.values_list("row", "decision")) == [(2, None), (3, "take")]
        batch = written(bureau_staff, batch)
        assert (batch.state, Member.objects.get(name="王志明").former_unit) == (
            RosterState.DONE,
            "新厂",
        )
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch = undone(bureau_staff, batch)
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch.refresh_from_db()
        assert batch.state == RosterState.UNDONE

    def test_leaves_what_was_given_up(self, bureau_staff, path):
        batch, old = checked_after_failure(bureau_staff, path)
        batch = discard_roster(by=bureau_staff, batch=batch)
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch.refresh_from_db()
        assert batch.state == RosterState.DISCARDED

    def test_that_lost_its_turn_amid_the_work_writes_nothing(self, bureau_staff, path, monkeypatch):
        """Somebody gives it up after the run has begun: the first chunk finds that out."""
        batch = open_roster(by=bureau_staff, file=kept(bureau_staff, path))
        batch = check_roster(by=bureau_staff, batch=batch, ring=False)

        def lose(*_, **__):
            RosterBatch.objects.filter(pk=batch.pk).update(state=RosterState.DISCARDED)
            return ""

        monkeypatch.setattr("members.roster.runs.learnt.area_code_of", lose)
        run = run_now(batch.check_run)
        assert (run.state, run.error) == TAKEN_OVER
        assert not RosterRow.objects.exists()


class TestOlderWritesAndUndos:
    def test_an_older_write_leaves_a_roster_taken_back(self, bureau_staff, path):
        batch, _ = checked_after_failure(bureau_staff, path)
        old = failed(confirm_roster(by=bureau_staff, batch=batch, ring=False).write_run)
        batch = undone(bureau_staff, written(bureau_staff, batch))
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch.refresh_from_db()
        assert (batch.state, Member.objects.count()) == (RosterState.UNDONE, 1)

    def test_an_older_undo_leaves_a_roster_that_stayed(self, bureau_staff, path):
        batch = written(bureau_staff, checked_after_failure(bureau_staff, path)[0])
        old = failed(
            undo_roster(by=bureau_staff, batch=batch, reason="传错了", ring=False).undo_run
        )
        Member.objects.filter(name="张建国").update(version=2)
        batch = undone(bureau_staff, batch)
        assert batch.state == RosterState.DONE
        Member.objects.filter(name="张建国").update(version=1)
        assert retried(bureau_staff, old) == TAKEN_OVER
        batch.refresh_from_db()
        assert (batch.state, Member.objects.count()) == (RosterState.DONE, 2)


class TestARunThatWasKilledAtItsVeryEnd:
    def test_says_so_when_it_is_taken_up_again(self, bureau_staff, path):
        batch = open_roster(by=bureau_staff, file=kept(bureau_staff, path))
        batch = check_roster(by=bureau_staff, batch=batch, ring=False)
        assert batch.check_run is not None
        run_now(batch.check_run)
        batch.refresh_from_db()
        batch = written(bureau_staff, batch)
        for run, state in (
            (batch.check_run, RosterState.READY),
            (batch.write_run, RosterState.DONE),
        ):
            assert run is not None
            RosterBatch.objects.filter(pk=batch.pk).update(state=state)
            BackgroundRun.objects.filter(pk=run.pk).update(
                state=RunState.RUNNING, heartbeat_at="2026-01-01T00:00:00+08:00"
            )
            run = run_now(run)
            assert (run.state, run.error) == (RunState.DONE, "")
        assert Member.objects.filter(name="张建国").count() == 1
