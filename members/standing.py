"""What members mean to the lower rooms: an account's standing, and that a branch is not empty."""

import datetime as dt
from collections.abc import Iterator

from branches.enums import Role
from branches.models import Branch
from core.enums import Verb
from core.models import User
from core.scope import Reach, Standing
from members.enums import AffiliationKind
from members.models import Affiliation


def member_standing(user: User) -> Standing:
    """Role and own branches of the member whose account this is (one query)."""
    branches = tuple(
        Affiliation.objects.current()
        .filter(member__user=user, member__deceased_on__isnull=True)
        .values_list("branch", flat=True)
    )
    if not branches:
        return Standing()
    return Standing(
        roles=frozenset({Role.MEMBER}), reach={Verb.VIEW: Reach(own_branch_ids=branches)}
    )


def who_remains(branch: Branch, day: dt.date) -> Iterator[str]:
    """Name what keeps BRANCH from being dissolved on DAY: members and links that have not ended."""
    ties = Affiliation.objects.filter(branch=branch).exclude(ended_on__lte=day)
    at_home = ties.filter(kind=AffiliationKind.HOME).count()
    if at_home:
        yield f"还有 {at_home} 名党员隶属这里，请先转接组织关系。"
    if links := ties.count() - at_home:
        yield f"还有 {links} 名党员在这里参加活动，请先结束活动组织关系。"
