"""Who records, plans or tells while others change the same branches and members: nobody waits for ever.

On real connections; SQLite has one writer at a time, so there the acts simply follow each other.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from activities.actions import announce
from activities.actions.theme_day import plan_activity
from activities.models import Attendance
from branches.models import Branch
from core.models import User
from members.actions import grip
from tests.factories.activities import make_link, record
from tests.factories.members import make_member
from tests.members.test_writers_at_once import Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    return Meeting(monkeypatch)


def each(act: Callable[[Any], Any], *taken: Any) -> Callable[[], None]:
    """Do ACT with each of TAKEN in turn, in one transaction."""

    def all_of_them() -> None:
        with transaction.atomic():
            for one in taken:
                act(one)

    return all_of_them


def test_a_record_while_its_members_are_changed_one_after_the_other(
    meeting: Meeting, secretary: User, branch: Branch
) -> None:
    people = [make_member(branch, name) for name in ("张建国", "李秀英")]
    meeting.pause_after(grip, "locked")
    raised = meeting.of(
        each(lambda member: grip.locked(member), *people),
        lambda: record(secretary, branch, people[::-1]),
    )
    assert raised == []
    assert Attendance.objects.count() == 2


def test_a_record_with_a_guest_while_the_members_of_both_branches_are_told(
    meeting: Meeting, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    guest, own = make_member(other_branch, "李秀英"), make_member(branch, "张建国")
    make_link(guest, branch)
    planned = plan_activity(
        by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 20)
    )
    meeting.pause_after(announce, "tell_members")
    raised = meeting.of(
        each(lambda pk: announce.tell_members([pk]), branch.pk, other_branch.pk),
        lambda: record(secretary, branch, [guest, own], version=planned.version),
    )
    assert raised == []
    assert Attendance.objects.count() == 2
