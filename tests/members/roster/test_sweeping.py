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
from members.roster.decisions import NO_WORDS
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, checked, upload, written

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


ROSTER = f"姓名,公民身份号码,所在党支部\n张建国,{number(1)},QL0001\n李秀英,{number(2)},老城片支部\n"


def words_of(batch):
    """Return which columns still have words of the batch's file, as the database has them."""
    kept = RosterBatch.objects.filter(pk=batch.pk).values(*NO_WORDS).get()
    return {name for name, words in kept.items() if words}


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


# --- the first rows, and the names that were not found -----------------------------------------


@pytest.fixture
def office(client_for, bureau_staff, branch):
    return client_for(bureau_staff)


def test_the_first_rows_are_kept_until_the_columns_are_settled(office):
    upload(office, ROSTER)
    assert words_of(RosterBatch.objects.get()) == {"head"}
    batch = checked(office, ROSTER)
    assert words_of(batch) == {"strangers"}
    written(office, batch, accept_good="on")
    assert words_of(batch) == set()


def test_a_roster_given_up_before_its_check_leaves_no_row_behind(office):
    upload(office, ROSTER)
    batch = RosterBatch.objects.get()
    act(office, batch, "discard", sure="1")
    assert words_of(batch) == set()


def test_a_roster_that_is_refused_leaves_no_row_behind(office):
    upload(office, ROSTER)
    batch = RosterBatch.objects.get()
    outdate(batch)
    act(office, batch, "heading", row="1")
    batch.refresh_from_db()
    assert (batch.state, words_of(batch)) == (RosterState.REFUSED, set())


def test_a_roster_that_nobody_went_on_with_leaves_no_row_behind(office):
    upload(office, ROSTER)
    batch = RosterBatch.objects.get()
    outdate(batch)
    assert sweep() == {"given_up": 1, "emptied": 0}
    assert words_of(batch) == set()


@pytest.mark.parametrize("state", [*RosterState])
def test_what_earlier_rosters_kept_goes_with_their_file(office, state):
    upload(office, ROSTER)
    batch = RosterBatch.objects.get()
    RosterBatch.objects.update(state=state, strangers="[]", named="{}")
    outdate(batch)
    sweep()
    is_at_work = state in {RosterState.WRITING, RosterState.UNDOING}
    assert words_of(batch) == ({"head", "strangers", "named"} if is_at_work else set())
