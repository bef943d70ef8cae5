"""Killed in the middle, asked twice at once, overtaken by others: no row lost, none doubled."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from branches.actions import dissolve_branch
from branches.models import Appointment, Branch
from core.models import AuditEvent, User
from core.runs import run_now
from members.actions import update_member
from members.actions.roster import check_roster, confirm_roster, discard_roster, undo_roster
from members.enums import ChunkKind, RosterState
from members.models import Affiliation, Member, RosterBatch, RosterChunk, RosterRow
from members.roster import runs
from members.roster.reporting import findings, summarise
from tests.cast import TODAY
from tests.factories.branches import make_district
from tests.factories.members import make_member
from tests.harness.celery import ROOT, worker_environment
from tests.members.roster.conftest import called, number
from tests.members.roster.steps import checked, written

ROWS = 200
WAIT = 60
HERE_ALONE = {"ROSTER_HANDS": "0", "ROSTER_LANES": "1"}


@pytest.fixture
def roster(write_csv, branch) -> Path:
    return write_csv([[called(order), number(order), "QL0001"] for order in range(1, ROWS + 1)])


@pytest.fixture
def start(roster, bureau_staff):
    """Start the command as a process of its own; end it with the test."""
    started = []

    importing = (str(roster), "--by", bureau_staff.username, "--json")

    def begin(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.members.roster.small_chunks"),
                *(arguments or importing),
            ],
            env=worker_environment("") | HERE_ALONE | environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def wait_for(rows, least: int) -> None:
    deadline = time.monotonic() + WAIT
    while rows.count() < least:
        assert time.monotonic() < deadline
        time.sleep(0.005)  # the command is another process


def said(process: subprocess.Popen[str]) -> dict:
    out, _ = process.communicate(timeout=WAIT)
    assert process.returncode == 0
    return json.loads(out)


def everybody_once():
    assert Member.objects.filter(name__startswith="张").count() == ROWS
    assert Affiliation.objects.filter(kind="HOME", ended_on=None).count() == ROWS
    assert sum(RosterChunk.objects.values_list("created", flat=True)) == ROWS
    assert AuditEvent.objects.filter(act="导入党员名册").count() == 1
    assert RosterBatch.objects.get().state == RosterState.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phase", [RosterRow, RosterChunk])
def test_a_killed_import_goes_on_where_it_stopped(start, phase):
    """F1, on the command line."""
    first = start(ROSTER_LANES="2" if phase is RosterChunk else "1")
    wait_for(phase.objects.all(), 3)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    written = Member.objects.filter(name__startswith="张").count()
    assert 0 <= written < ROWS
    assert sum(RosterChunk.objects.values_list("created", flat=True)) == written

    report = said(start())

    assert (report["rows"], report["new"], report["rejected"]) == (ROWS, ROWS, 0)
    everybody_once()


@pytest.mark.django_db(transaction=True)
def test_a_killed_undoing_goes_on_where_it_stopped(start, roster, bureau_staff, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK_ROWS", 20)
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 1)
    batch = written(bureau_staff, checked(bureau_staff, roster))
    batch = undo_roster(by=bureau_staff, batch=batch, reason="传错了名册", ring=False)
    taken_back = RosterChunk.objects.filter(kind=ChunkKind.UNDO)
    first = start("--undo", str(batch.undo_run_id))
    wait_for(taken_back, 2)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    left = Member.objects.filter(roster_batch=batch).count()
    assert 0 < left < ROWS
    assert left == ROWS + sum(taken_back.values_list("created", flat=True))

    second = start("--undo", str(batch.undo_run_id))
    second.communicate(timeout=WAIT)

    assert second.returncode == 0
    assert not Member.objects.filter(roster_batch=batch).exists()
    assert sum(RosterChunk.objects.values_list("created", flat=True)) == 0
    assert AuditEvent.objects.filter(act="撤回名册导入").count() == 1
    batch.refresh_from_db()
    assert batch.state == RosterState.UNDONE


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_one_batch(start, tmp_path):
    """F18."""
    (place := tmp_path / "meeting").mkdir()
    one, other = start(MEETING_PLACE=str(place)), start(MEETING_PLACE=str(place))
    reports = [said(one), said(other)]
    assert [report["new"] for report in reports] == [ROWS, ROWS]
    assert reports[0]["batch"] == reports[1]["batch"]
    everybody_once()


@pytest.mark.django_db
def test_people_registered_since_the_check_are_not_doubled(
    write_csv, bureau_staff, street_staff, branch
):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]])
    one, other = checked(bureau_staff, path), checked(street_staff, path)

    assert written(bureau_staff, one).counts["created"] == 2
    late = written(street_staff, other)

    assert (late.counts["created"], summarise(late).rejected) == (0, 2)
    assert [found.code for found in findings(late)] == ["TAKEN_MEANWHILE"] * 2
    assert Member.objects.count() == 2


@pytest.mark.django_db
def test_a_member_edited_since_the_check_is_left_as_he_is(write_csv, bureau_staff, branch):
    member = make_member(branch, "张建国", id_number=number(1), former_unit="老厂")
    path = write_csv(
        [["张建国", number(1), "QL0001", "新厂"]],
        heading=("姓名", "公民身份号码", "支部代码", "原工作单位"),
    )
    batch = checked(bureau_staff, path)
    update_member(by=bureau_staff, member=member, version=member.version, former_unit="第三厂")

    batch = written(bureau_staff, batch, "overwrite")

    assert Member.objects.get().former_unit == "第三厂"
    assert (summarise(batch).changed, summarise(batch).to_confirm) == (0, 1)
    assert [found.code for found in findings(batch)] == ["EDITED_MEANWHILE"]


@pytest.mark.django_db
def test_a_branch_lost_since_the_check_takes_nobody(write_csv, bureau_staff, branch):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    far = make_district("云海区", "990303000000")
    Branch.objects.filter(pk=branch.pk).update(area=far, area_path=far.path)

    batch = written(User.objects.get(pk=bureau_staff.pk), batch)

    assert (Member.objects.count(), summarise(batch).rejected) == (0, 1)
    assert [found.code for found in findings(batch)] == ["NO_LONGER_YOURS"]


@pytest.mark.django_db
def test_a_branch_dissolved_since_the_check_takes_nobody(write_csv, bureau_staff, branch):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    dissolve_branch(by=bureau_staff, branch=branch, on=TODAY, document="9号")

    batch = written(bureau_staff, batch)

    assert (Member.objects.count(), summarise(batch).rejected) == (0, 1)
    assert [found.code for found in findings(batch)] == ["NO_LONGER_YOURS"]


@pytest.mark.django_db
def test_members_carry_the_path_their_branch_has_when_they_are_written(
    write_csv, bureau_staff, branch, other_community
):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    Branch.objects.filter(pk=branch.pk).update(area_path=other_community.path)
    written(bureau_staff, batch)
    assert Member.objects.get().area_path == other_community.path


@pytest.mark.django_db
def test_who_lost_the_verb_writes_nothing_that_was_checked_before(write_csv, secretary, branch):
    batch = checked(secretary, write_csv([["张建国", number(1), "QL0001"]]))
    batch = confirm_roster(by=secretary, batch=batch, ring=False)
    Appointment.objects.all().delete()

    assert batch.write_run is not None
    run = run_now(batch.write_run)

    assert (run.state, run.error) == (
        "FAILED",
        "您现在没有导入名册的权限，名册没有写入。请联系上级老干部局。",
    )
    assert Member.objects.count() == 0


@pytest.mark.django_db
def test_a_discarded_roster_cannot_be_confirmed(write_csv, bureau_staff, branch):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    discard_roster(by=bureau_staff, batch=batch)
    with pytest.raises(ValidationError) as refused:
        confirm_roster(by=bureau_staff, batch=batch)
    assert refused.value.messages == ["这份名册已放弃，不能再做这一步。"]


@pytest.mark.django_db
def test_a_step_asked_twice_changes_nothing_the_second_time(write_csv, bureau_staff, branch):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    assert check_roster(by=bureau_staff, batch=batch).state == RosterState.READY
    batch = written(bureau_staff, batch)

    again = confirm_roster(by=bureau_staff, batch=batch)

    assert (again.state, again.write_run) == (RosterState.DONE, batch.write_run)
    assert AuditEvent.objects.filter(act="导入党员名册").count() == 1

    other = checked(bureau_staff, write_csv([["李秀英", number(2), "QL0001"]]))
    for _ in range(2):
        assert discard_roster(by=bureau_staff, batch=other).state == RosterState.DISCARDED


@pytest.mark.django_db
def test_nobody_elses_roster_is_there(write_csv, bureau_staff, secretary, outsider, branch):
    batch = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    for user in (outsider, secretary):
        with pytest.raises(RosterBatch.DoesNotExist):
            confirm_roster(by=user, batch=batch)
    assert list(RosterBatch.objects.visible_to(outsider)) == []
