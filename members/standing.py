"""What members mean to the lower rooms: an account's standing, who may hold a post, who is in a branch."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from branches.actions import Remains
from branches.enums import PARTY_POSTS, Role
from branches.models import Branch
from core.enums import Verb
from core.models import User
from core.prepared import Prepared
from core.scope import Reach, Standing
from members.enums import AffiliationKind, MemberKind, TransferState
from members.models import Affiliation, Member, Transfer
from members.querysets import in_force
from members.rules.affiliation import place_fault


def _branches(user: int, day: dt.date) -> "QuerySet[Any, Any]":
    tie = FilteredRelation("affiliations", condition=in_force(day, "affiliations__"))
    own = Member.objects.filter(user=user, deceased_on__isnull=True).annotate(tie=tie).order_by()
    return own.values_list("tie__branch", flat=True)


def _probationary(user: int) -> "QuerySet[Any, Any]":
    rows = Member.objects.filter(user=user, member_kind=MemberKind.PROBATIONARY).order_by()
    return rows.values_list("pk", flat=True)


BRANCHES, PROBATIONARY = Prepared(_branches), Prepared(_probationary)


def member_standing(user: User) -> Standing:
    """Role and own branches of the member whose account this is (one query).

    The role goes with the record, not with a branch: who was transferred out keeps 我的资料 and what
    he took part in (domain §6.12).
    """
    branches = BRANCHES.rows(user.pk, localdate())
    if not branches:
        return Standing()
    reach = Reach(own_branch_ids=tuple(filter(None, branches)))
    return Standing(roles=frozenset({Role.MEMBER}), reach={Verb.VIEW: reach})


def not_yet_full(by: User | None, user: User, role: str) -> str:
    """Object to a Party post of a probationary member (domain §3.3); whoever does not see him is not told."""
    if role not in PARTY_POSTS:
        return ""
    found = PROBATIONARY.rows(user.pk)
    if not found:
        return ""
    if by is None or Member.objects.visible_to(by).filter(pk__in=found).exists():
        return (
            "这位同志登记为预备党员，不能担任党内职务。请等转正以后再任；"
            "已经转正的，请先在党员资料里改党员类别，再来办。"
        )
    return "这位同志现在不能担任党内职务，请向他所在的党支部核对。"


def who_remains(branch: Branch, day: dt.date) -> Iterator[Remains]:
    """Name what keeps BRANCH from being dissolved on DAY: members, links, and who is on the way to it."""
    ties = Affiliation.objects.filter(branch=branch, withdrawn_on=None).exclude(ended_on__lte=day)
    at_home = ties.filter(kind=AffiliationKind.HOME).count()
    if at_home:
        people = _list_of("member", branch=branch.pk)
        yield Remains(f"还有 {at_home} 名党员隶属这里，请先转接组织关系。", people)
    if links := ties.count() - at_home:
        tied = _list_of("affiliation", branch=branch.pk, current="links")
        yield Remains(f"还有 {links} 名党员在这里参加活动，请先结束活动组织关系。", tied)
    if grouped := Member.objects.on_register().filter(group=branch).count():
        people = _list_of("member", group=branch.pk)
        yield Remains(f"还有 {grouped} 名党员编在这个党小组，请先给他们另选党小组。", people)
    if coming := Transfer.objects.on_the_way().filter(to_branch=branch).count():
        waiting = TransferState.IN_TRANSIT.value
        on_the_way = _list_of("transfer", state=waiting, to_branch=branch.pk)
        yield Remains(f"还有 {coming} 名党员的组织关系正在转到这里，请先接收或退回。", on_the_way)


def who_would_be_nowhere(branches: Sequence[Branch]) -> dict[int, str]:
    """Say of which BRANCHES, as their kinds are to be, somebody would hang on what takes nobody (SYS-04)."""
    kinds = {branch.pk: branch.kind for branch in branches}
    ties = Affiliation.objects.filter(branch__in=kinds, ended_on__isnull=True).order_by()
    is_home = Q(kind=AffiliationKind.HOME)
    counts = {
        "at_home": Count("pk", filter=is_home),
        "links": Count("pk", filter=~is_home),
    }
    found: dict[int, str] = {}
    for pk, at_home, links in ties.values_list("branch").annotate(**counts):
        name, settings = kinds[pk].name, kinds[pk].settings
        if at_home and place_fault(settings, dissolved=False, is_home=True):
            found[pk] = f"还有 {at_home} 名党员隶属这里，{name}不接收组织关系，请先转接组织关系。"
        elif links and place_fault(settings, dissolved=False, is_home=False):
            found[pk] = (
                f"还有 {links} 名党员在这里参加活动，{name}不直接管理党员，请先结束活动组织关系。"
            )
    return found


def _list_of(noun: str, **narrowed: object) -> str:
    return f"{reverse(f'admin:members_{noun}_changelist')}?{urlencode(narrowed)}"
