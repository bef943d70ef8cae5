"""Party groups that leave their branch, or are none any more, lose the members of it."""

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils import timezone

from branches.enums import BranchKind
from branches.models import Branch
from core import audit
from core.models import User
from members.models import Member


def leave_moved_groups(by: User | None, branches: Sequence[Branch]) -> None:
    """Take members out of the groups among BRANCHES that are no groups of their branch now.

    As a transfer does: the branch arranges its groups anew. One row in the trail for each group.
    """
    stays = Q(group__kind=BranchKind.PARTY_GROUP, branch=F("group__parent"))
    lost = Member.objects.filter(group__in=list(branches)).exclude(stays)
    members: dict[int | None, list[int]] = {}
    for member, group in lost.order_by("pk").values_list("pk", "group"):
        members.setdefault(group, []).append(member)
    for branch in branches:
        if keys := members.get(branch.pk):
            rows = Member.objects.filter(pk__in=keys)
            rows.update(group=None, version=F("version") + 1, updated_at=timezone.now())
            note = f"{len(keys)}名党员的党小组要重新安排"
            audit.record(by=by, act="调整党小组", instance=branch, note=note)
