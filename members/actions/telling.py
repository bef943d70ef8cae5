"""The home branch is told of the managing links of its members (SYS-04)."""

from collections import Counter
from collections.abc import Collection

from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment
from core import bulk
from core.models import Notice, User
from members.actions import keepers
from members.actions.keepers import Keepers
from members.models import Affiliation, Member

_STAYS = "隶属不变。在那里参加的活动，也记在本支部的记录里。"


def tell_home(*, by: User | None, link: Affiliation, is_listed: bool = False) -> None:
    """Tell the secretaries of the home of LINK's member, unless BY is one; the system tells nobody.

    IS_LISTED: one of many of a roster. Then they hear once that there are some.
    """
    member = link.member
    if by is None or member.branch_id is None:
        return
    users = [user for _, user in _secretaries([member.branch_id], by)]
    if is_listed:
        page = reverse("members:roster", args=[member.branch_id])
        text = f"{by}同志按名册给本支部的同志登记了活动组织"
    else:
        page = reverse("members:card", args=[member.pk])
        text = f"{by}同志给{member.name}同志登记了活动组织：{link.branch.label}"
    keepers.tell(Keepers(page, tuple(users)), text=text, detail=_STAYS)


def tell_homes(*, by: User, members: Collection[int]) -> None:
    """Tell the homes of MEMBERS (keys), to whom a sheet gave links: each how many of its own."""
    numbers: Counter[int] = Counter()
    for keys in bulk.parts(sorted(members)):
        homes = Member.objects.filter(pk__in=keys, branch__isnull=False)
        numbers.update(homes.order_by().values_list("branch", flat=True))
    for branches in bulk.parts(sorted(numbers)):
        Notice.objects.bulk_create(
            Notice(
                user=user,
                text=f"{by}同志按表格给本支部{numbers[branch]}位同志登记了活动组织",
                detail=_STAYS,
                url=reverse("members:roster", args=[branch]),
            )
            for branch, user in _secretaries(branches, by)
        )


def _secretaries(branches: Collection[int], by: User) -> list[tuple[int, User]]:
    posts = Appointment.objects.current().filter(branch__in=branches, role=Role.SECRETARY)
    others = posts.filter(user__is_active=True).exclude(user=by).select_related("user")
    return [(post.branch_id, post.user) for post in others if post.branch_id is not None]
