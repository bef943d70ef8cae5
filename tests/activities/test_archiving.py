"""Archiving closes a record for everybody, until the office opens it again."""

import pytest
from django.core.exceptions import PermissionDenied

from activities.actions.archive import archive_activities, reopen_activities
from branches.models import Area, Branch
from core.models import AuditEvent, User
from members.models import Member
from tests.factories.activities import make_roster, record


def test_archiving_locks_for_everybody_until_reopened(
    bureau_staff: User, outsider: User, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    activity = record(secretary, branch, roster)
    with pytest.raises(PermissionDenied):
        archive_activities(by=outsider, activities=[activity])
    assert archive_activities(by=bureau_staff, activities=[activity]) == 1
    activity.refresh_from_db()
    for user in (secretary, bureau_staff):
        with pytest.raises(PermissionDenied, match="已经归档"):
            record(user, branch, roster[1:], excused=roster[:1], version=activity.version)
    assert reopen_activities(by=bureau_staff, activities=[activity]) == 1
    activity.refresh_from_db()
    record(secretary, branch, roster[1:], excused=roster[:1], version=activity.version)


def test_archiving_a_batch_is_one_line_of_the_trail(
    bureau_staff: User,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    district: Area,
) -> None:
    activities = [
        record(secretary, branch, make_roster(branch, 1)),
        record(other_secretary, other_branch, make_roster(other_branch, 1)),
    ]
    assert archive_activities(by=bureau_staff, activities=activities) == 2
    event = AuditEvent.objects.get(act="归档活动")
    assert event.area_path == district.path
    assert event.after == {"状态": "已归档", "活动编号": [each.pk for each in activities]}
