"""Acts on affiliations: managing links and transfers. History is kept, nothing is deleted."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branches.models import Branch
from core import audit
from core.long_numbers import hide_personal_numbers, kept_reason
from core.models import User
from core.text import clean
from members.actions import grip, on_the_way
from members.actions.moving import Move, move
from members.actions.request import settle_links
from members.actions.telling import tell_home, tell_hosts
from members.enums import AffiliationKind, MemberRequest
from members.homes import Homes
from members.models import Affiliation, Member
from members.parameters import LinkPolicy
from members.rules import affiliation as rules
from members.rules.requests import DONE

HOME = AffiliationKind.HOME
_MOVED = ("branch", "group", "area_path")


def add_link(
    *,
    by: User | None,
    member: Member,
    branch: Branch,
    kind: str,
    started_on: dt.date | None = None,
    document: str = "",
) -> Affiliation:
    """Tie MEMBER to BRANCH by a managing link, as ``begin_link``; both are told (SYS-04)."""
    with transaction.atomic():
        link = begin_link(
            by=by,
            member=member,
            branch=branch,
            kind=kind,
            started_on=started_on,
            document=document,
        )
        settle_links(by=by, members=[member.pk])
        tell_home(by=by, link=link)
        tell_hosts(by=by, numbers={branch.pk: 1})
    return link


def begin_link(
    *,
    by: User | None,
    member: Member,
    branch: Branch,
    kind: str,
    started_on: dt.date | None = None,
    document: str = "",
) -> Affiliation:
    """Tie MEMBER to BRANCH by a managing link of KIND from STARTED_ON (today by default).

    For one of many, of which the caller tells at the end. Both ends must be the actor's (security
    P20). Raises ValidationError, with the policy's own sentence where the area's 1+2 is used up
    (SYS-05).
    """
    grip.require_editable(by, member)
    grip.require_editable(by, branch)
    with transaction.atomic():
        branch = grip.steady_place(branch, is_home=False)
        member = grip.locked(member)
        draft = drafted_link(
            member=member, branch=branch, kind=kind, started_on=started_on, document=document
        )
        return enter_link(by=by, link=draft)


def drafted_link(
    *,
    member: Member,
    branch: Branch,
    kind: str,
    started_on: dt.date | None = None,
    document: str = "",
) -> Affiliation:
    """Return a managing link of MEMBER to BRANCH that may begin now; it is not saved.

    The caller holds both. ValidationError as ``begin_link``.
    """
    today = timezone.localdate()
    rules.check_start(started_on, today=today)
    policy = LinkPolicy()
    open_links = Affiliation.objects.filter(member=member, ended_on__isnull=True)
    rules.check_link(
        kind=kind,
        is_home=branch.pk == member.branch_id,
        counts=kind in policy.counted,
        links=open_links.filter(kind__in=policy.counted).count(),
        most=policy.most(member.branch.area.code if member.branch else ""),
    )
    link = Affiliation(
        member=member,
        branch=branch,
        kind=kind,
        started_on=started_on or today,
        document=hide_personal_numbers(clean(document)),
    )
    link.full_clean()
    return link


def enter_link(*, by: User | None, link: Affiliation) -> Affiliation:
    """Save the LINK drafted in this transaction, and put it on record."""
    link.save()
    after = audit.snapshot(link, ["branch", "kind", "started_on", "document"])
    place = link.member.area_path
    audit.record(by=by, act="登记活动组织", instance=link, after=after, area_path=place)
    return link


def end_link(
    *, by: User | None, affiliation: Affiliation, on: dt.date | None = None, reason: str = ""
) -> Affiliation:
    """End a managing link; ON (today by default) is its last day."""
    grip.require_editable(by, affiliation)
    if affiliation.kind == HOME:
        raise ValidationError("隶属关系不能直接结束，请办理组织关系转接。")
    today = timezone.localdate()
    on = on or today
    with transaction.atomic():
        grip.locked(affiliation.member)  # before the tie, as who moves him takes them
        link = Affiliation.objects.select_for_update(of=("self",)).get(pk=affiliation.pk)
        rules.check_end(started_on=link.started_on, ended_on=link.ended_on, on=on, today=today)
        before = audit.snapshot(link, ["ended_on", "end_reason"])
        _finish(link, on, kept_reason(reason))
        # A roster that names the link again is to be judged afresh, not taken as known.
        Member.objects.filter(pk=link.member_id).update(roster_mark="")
        audit.record(
            by=by,
            act="结束活动组织",
            instance=link,
            before=before,
            after=audit.snapshot(link, ["ended_on", "end_reason"]),
            area_path=link.member.area_path,
        )
    return link


def transfer_member(
    *, by: User | None, member: Member, to: Branch, on: dt.date, document: str
) -> Member:
    """Move MEMBER's home to branch TO from day ON; the old home ends the day before (SYS-15).

    Both branches must be the actor's. A link to TO ends, for it is the home now; the Party group
    was the old branch's and is left. DOCUMENT is the letter of introduction.
    """
    grip.require_editable(by, member)
    grip.require_editable(by, to)
    with transaction.atomic():
        to = grip.steady_place(to, is_home=True, field="to")
        member = grip.locked(member)
        before = audit.snapshot(member, _MOVED)
        homes = _check_move(member, on, document, is_same=member.branch_id == to.pk)
        group = member.group_id
        move([Move(member.pk, to.pk, on, hide_personal_numbers(clean(document)))], homes)
        member.refresh_from_db()
        on_the_way.settle(by=by, member=member, why="已另行转接", on=on, to=to, group=group)
        _record(by, DONE[MemberRequest.MOVE], member, before, document)
    return member


def transfer_out(
    *, by: User | None, member: Member, on: dt.date, document: str, destination: str = ""
) -> Member:
    """Take MEMBER off the register from day ON: the relationship went where this portal is not.

    All ties end, nothing is deleted; a later ``transfer_member`` takes him in again.
    """
    grip.require_editable(by, member)
    with transaction.atomic():
        member = grip.locked(member)
        if member.branch_id is None:
            raise ValidationError("这位同志已经转出，不用再办。")
        before = audit.snapshot(member, _MOVED)
        _check_move(member, on, document)
        home = _open(member).filter(kind=HOME).first()
        if home is not None:
            _finish(home, on - dt.timedelta(days=1), hide_personal_numbers(clean(document)))
        for link in _open(member):
            _finish(link, max(on, link.started_on or on), "组织关系已转出")
        member.branch = member.group = None
        member.version += 1
        member.full_clean(exclude=["id_number_index", "phone_index"])
        member.save()
        on_the_way.settle(by=by, member=member, why="已转出本地")
        _record(by, DONE[MemberRequest.OUT], member, before, f"{document} {destination}")
    return member


def _check_move(member: Member, on: dt.date, document: str, *, is_same: bool = False) -> Homes:
    homes = Homes([member.pk])
    home = homes.of(member.pk)
    rules.check_move(
        on=on,
        today=timezone.localdate(),
        document=document,
        home_since=home.since,
        left_on=home.left_on,
        is_same=is_same,
        deceased=member.deceased_on is not None,
    )
    return homes


def _record(by: User | None, act: str, member: Member, before: dict[str, Any], note: str) -> None:
    after = audit.snapshot(member, _MOVED)
    audit.record(by=by, act=act, instance=member, before=before, after=after, note=clean(note))


def _finish(link: Affiliation, on: dt.date, reason: str) -> None:
    link.ended_on, link.end_reason = on, reason
    link.full_clean()
    link.save()


def _open(member: Member) -> Any:
    return Affiliation.objects.filter(member=member, ended_on__isnull=True)
