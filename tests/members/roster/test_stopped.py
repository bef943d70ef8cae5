"""A writing that was stopped halfway: gone on with to its end, or taken back as far as it came."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.models import AuditEvent
from core.runs import cancel_run, run_now
from members.actions import update_member
from members.actions.roster import confirm_roster, undo_roster
from members.enums import RosterState
from members.models import Affiliation, Member, RosterChunk
from members.roster import runs
from members.roster.applying import Writer
from tests.factories.members import make_member
from tests.members.roster.conftest import called, number
from tests.members.roster.steps import checked, undone
from tests.members.roster.test_undoing import register

pytestmark = pytest.mark.django_db
ROWS = 9
HEADING = ("姓名", "公民身份号码", "支部代码", "原工作单位")


@pytest.fixture
def known(branch):
    return make_member(branch, called(1), id_number=number(1), former_unit="老厂")


@pytest.fixture
def before(known):
    return register()


@pytest.fixture
def batch(write_csv, bureau_staff, before, monkeypatch):
    """Stopped after two of three chunks; one of those changed somebody, two brought people in."""
    monkeypatch.setattr(runs, "CHUNK_ROWS", 3)
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 1)
    rows = [[called(order), number(order), "QL0001", "新厂"] for order in range(1, ROWS + 1)]
    batch = checked(bureau_staff, write_csv(rows, heading=HEADING))
    batch = confirm_roster(by=bureau_staff, batch=batch, on_duplicate="overwrite", ring=False)
    write = Writer.write

    def write_and_stop(self, *args, **options):
        if RosterChunk.objects.count() == 1:
            cancel_run(by=bureau_staff, run=batch.write_run)
        return write(self, *args, **options)

    monkeypatch.setattr(Writer, "write", write_and_stop)
    run_now(batch.write_run)
    batch.refresh_from_db()
    assert batch.state == RosterState.WRITING
    return batch


def test_what_was_written_is_taken_back_to_the_last_row(batch, bureau_staff, before):
    assert 1 < Member.objects.count() < ROWS
    batch = undone(bureau_staff, batch)
    assert (batch.state, register()) == (RosterState.UNDONE, before)
    assert Affiliation.objects.filter(roster_batch=batch).count() == 0
    assert sum(RosterChunk.objects.values_list("created", flat=True)) == 0
    assert AuditEvent.objects.get(act="撤回名册导入").note == "传错了名册"
    with pytest.raises(ValidationError, match="已撤回，不能再做这一步"):
        confirm_roster(by=bureau_staff, batch=batch)


def test_or_it_is_gone_on_with_and_then_taken_back(batch, bureau_staff, before):
    batch = confirm_roster(by=bureau_staff, batch=batch, ring=False)
    with pytest.raises(ValidationError, match="还在写入。请先按“停下来”"):
        undo_roster(by=bureau_staff, batch=batch, reason="传错了名册")
    run_now(batch.write_run)
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (RosterState.DONE, ROWS)
    undone(bureau_staff, batch)
    assert register() == before


def test_what_stands_against_it_is_told_and_it_can_still_be_gone_on_with(
    batch, bureau_staff, client_for
):
    member = Member.objects.exclude(roster_batch=None).first()
    update_member(by=bureau_staff, member=member, version=member.version, former_post="科长")
    number_before = Member.objects.count()
    batch = undone(bureau_staff, batch)
    assert (batch.state, Member.objects.count()) == (RosterState.WRITING, number_before)
    page = client_for(bureau_staff).get(
        reverse("admin:members_rosterbatch_change", args=[batch.pk])
    )
    assert "这份名册没有撤回" in page.text
    assert "接着做" in page.text
    batch = confirm_roster(by=bureau_staff, batch=batch, ring=False)
    run_now(batch.write_run)
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (RosterState.DONE, ROWS)


@pytest.mark.parametrize("frame", ["admin:members_rosterbatch_change", "members:batch"])
def test_both_ways_are_offered_where_it_stopped(batch, bureau_staff, client_for, frame):
    client = client_for(bureau_staff)
    undo = reverse(
        "admin:roster-undo" if "admin" in frame else "members:batch-undo", args=[batch.pk]
    )
    shown = client.get(reverse(frame, args=[batch.pk])).text
    assert ("接着做" in shown, f'href="{undo}"' in shown) == (True, True)
    asked = client.get(undo).text
    assert f"已经写入{Member.objects.count()}人" in asked
    assert "写到一半停下了" in asked
    assert "还在写入" not in asked
    assert "请写明为什么撤回" in client.post(undo, {"reason": ""}).text
    assert "撤回中" in client.post(undo, {"reason": "传错了名册"}, follow=True).text
