"""Both ends are told of a managing link: the home, and where the member takes part (SYS-04)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.urls import reverse

from core import bulk
from core.models import User
from members.actions.keepers import Told, secretaries_of, tell_each
from members.models import Affiliation, Member

_COMES = (
    "他的隶属不变，党费、选举都在原来的支部。请支部通知他来参加活动；弄错了的，请告诉登记的同志。"
)
STAYS = "隶属不变。在那里参加的活动，也记在本支部的记录里。"


def tell_home(*, by: User | None, link: Affiliation) -> None:
    """Tell the secretaries of the home of LINK's member, unless BY is one; the system tells nobody."""
    member = link.member
    if by is None or member.branch_id is None:
        return
    page = reverse("members:card", args=[member.pk])
    text = f"{by}同志给{member.name}同志登记了活动组织：{link.branch.label}"
    told = [Told(user, page, text) for _, user in _secretaries([member.branch_id], by)]
    tell_each(told, detail=STAYS)


def tell_hosts(*, by: User | None, numbers: Mapping[int, int], how: str = "") -> None:
    """Tell each branch (its key in NUMBERS) how many come to take part, unless BY is its secretary."""
    if by is None:
        return
    for branches in bulk.parts(sorted(numbers)):
        told = [
            Told(
                user,
                f"{reverse('members:roster', args=[branch])}?show=guests",
                f"{by}同志{how}给本支部登记了{numbers[branch]}位来参加活动的同志",
            )
            for branch, user in _secretaries(branches, by)
        ]
        tell_each(told, detail=_COMES)


def homes_of(members: Collection[int]) -> Counter[int]:
    """Return how many of MEMBERS (keys) are at home in each branch (its key)."""
    numbers: Counter[int] = Counter()
    for keys in bulk.parts(sorted(members)):
        homes = Member.objects.filter(pk__in=keys, branch__isnull=False)
        numbers.update(homes.order_by().values_list("branch", flat=True))
    return numbers


def tell_homes(*, by: User, numbers: Mapping[int, int], how: str) -> None:
    """Tell each home (its key in NUMBERS) how many of its members were given links; HOW: 按表格, 按名册."""
    for branches in bulk.parts(sorted(numbers)):
        told = [
            Told(
                user,
                reverse("members:roster", args=[branch]),
                f"{by}同志{how}给本支部{numbers[branch]}位同志登记了活动组织",
            )
            for branch, user in _secretaries(branches, by)
        ]
        tell_each(told, detail=STAYS)


def _secretaries(branches: Collection[int], by: User) -> Iterator[tuple[int, int]]:
    posts = secretaries_of(branches).filter(user__is_active=True).exclude(user=by)
    for branch, user in posts.values_list("branch", "user"):
        if branch is not None:
            yield branch, user
