"""Who is due on the day of a theme day: from when, and until when (SYS-18, house §1.4)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from branches.models import Branch
from core.models import User
from members.actions import mark_deceased
from members.models import Member
from tests.factories.activities import record
from tests.factories.members import make_member


@pytest.mark.parametrize(("died", "is_listed"), [(4, False), (5, False), (6, True)])
def test_the_deceased_are_expected_up_to_the_day_before(
    secretary: User, branch: Branch, roster: list[Member], died: int, is_listed: bool
) -> None:
    mark_deceased(by=None, member=roster[0], on=dt.date(2026, 11, died))
    here, others = (roster, roster[1:]) if is_listed else (roster[1:], roster)
    with pytest.raises(ValidationError):  # one too many, or one left out
        record(secretary, branch, others, day=dt.date(2026, 11, 5))
    activity = record(secretary, branch, here, day=dt.date(2026, 11, 5))
    found = activity.attendances.values_list("member__name", flat=True)
    assert ("陈建国" in found) is is_listed


@pytest.mark.parametrize(("joined", "is_listed"), [(4, True), (5, True), (6, False)])
def test_who_always_was_in_the_branch_is_expected_since_he_joined_the_party(
    secretary: User, branch: Branch, joined: int, is_listed: bool
) -> None:
    """Of a roster's people the first day in the branch is not known."""
    old = make_member(branch, "陈建国", home_since=None)
    joined_on = dt.date(2026, 11, joined)
    young = {"member_kind": "PROBATIONARY", "join_date": joined_on, "full_date": None}
    new = make_member(branch, "周秀英", home_since=None, **young)
    here, others = ([old, new], [old]) if is_listed else ([old], [old, new])
    with pytest.raises(ValidationError):
        record(secretary, branch, others, day=dt.date(2026, 11, 5))
    activity = record(secretary, branch, here, day=dt.date(2026, 11, 5))
    assert activity.attendances.count() == len(here)
