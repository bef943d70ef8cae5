"""What being a member gives an account: the member's role and a view of his own branches."""

from branches.enums import Role
from core.enums import Verb
from core.models import User
from core.scope import Reach, Standing
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
