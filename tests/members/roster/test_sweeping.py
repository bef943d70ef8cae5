"""What is left of a roster goes with its file; what was written stays."""

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import timezone

from core.files import path_of, sweep_files
from core.models import StoredFile
from core.runs import run_now, start_run
from core.runs.registry import nightly_kinds
from members.enums import RosterState
from members.models import Member, RosterBatch, RosterRow
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(write_csv, import_roster, bureau_staff, branch):
    """A roster that was written: one member in, one row back."""
    rows = [["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]]
    import_roster(write_csv(rows), bureau_staff, "--accept-good")
    return RosterBatch.objects.get()


def sweep():
    """Do what the night does."""
    run = run_now(
        start_run(by=None, kind="nightly.sweep_rosters", key=f"t:{timezone.now()}", ring=False)
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        sweep_files()
    return run.result


def outdate(batch):
    """Let the term of the batch's file be over."""
    late = timezone.now() - dt.timedelta(minutes=1)
    StoredFile.objects.filter(pk=batch.file_id).update(expires_at=late)


def test_it_is_nightly_work_and_the_bureau_sets_the_term(imported):
    assert "nightly.sweep_rosters" in nightly_kinds()
    term = imported.file.expires_at - imported.created_at
    assert round(term / dt.timedelta(days=1)) == 30


def test_within_the_term_everything_is_there(imported):
    assert sweep() == {"given_up": 0, "emptied": 0}
    assert RosterRow.objects.filter(batch=imported).count() == 2
    assert path_of(imported.file).exists()


def test_file_and_rows_of_a_finished_roster_go_and_the_register_stays(imported):
    outdate(imported)
    place = path_of(imported.file)
    assert sweep() == {"given_up": 0, "emptied": 1}
    imported.refresh_from_db()
    assert (imported.state, imported.file, place.exists()) == (RosterState.DONE, None, False)
    assert RosterRow.objects.count() == 0
    assert [member.name for member in Member.objects.all()] == ["张建国"]
    assert imported.counts["created"] == 1
    assert sweep() == {"given_up": 0, "emptied": 0}


def test_a_roster_that_nobody_confirmed_is_given_up(imported):
    RosterBatch.objects.filter(pk=imported.pk).update(
        state=RosterState.READY, named='{"老城": 1}', decided="[]", answers={"doubt_X": "问过本人"}
    )
    outdate(imported)
    assert sweep() == {"given_up": 1, "emptied": 1}
    imported.refresh_from_db()
    assert imported.state == RosterState.DISCARDED
    assert (imported.named, imported.decided, imported.answers) == ("", "", {})


@pytest.mark.parametrize("state", [RosterState.DISCARDED, RosterState.REFUSED, RosterState.UNDONE])
def test_rows_without_use_go_the_same_night(imported, state):
    RosterBatch.objects.filter(pk=imported.pk).update(state=state)
    assert sweep() == {"given_up": 0, "emptied": 1}


def test_a_roster_that_is_being_written_keeps_its_rows(imported):
    RosterBatch.objects.filter(pk=imported.pk).update(state=RosterState.WRITING)
    outdate(imported)
    assert sweep() == {"given_up": 0, "emptied": 0}


def test_the_page_says_that_the_rows_are_gone(imported, client_for, bureau_staff):
    outdate(imported)
    sweep()
    shown = client_for(bureau_staff).get(f"/admin/members/rosterbatch/{imported.pk}/change/").text
    assert "逐行的内容已按期删除" in shown
    assert "下载退回的" not in shown
