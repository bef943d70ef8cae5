"""Who changed a member's record, for himself to read: when, who in which post, which columns (domain §6.12).

Never what stood there: the trail names columns, and so does a roster's own record of whom it changed.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from branches.models import Appointment
from core import audit
from core.models import AuditEvent
from members.actions.on_the_way import RECEIVED
from members.columns import FIELDS
from members.enums import TransferState
from members.models import (
    Affiliation,
    LinkBatch,
    Member,
    RosterBatch,
    RosterChange,
    Transfer,
    TransferBatch,
)

ROSTER_ACTS = ("导入党员名册", "撤回名册导入")
_LINK_ACTS = ("登记活动组织", "结束活动组织")
_SHEET_ACTS = ("导入活动组织", "撤回活动组织登记")
_UNDONE = ("撤回整建制转接",)
# What is told of a record by column, in the record's order; the rest follows from these.
_TOLD = (*FIELDS, "branch", "deceased_on")
_WHOLE = "登记党员"  # names every column


@dataclass(frozen=True)
class Change:
    """One act on a record: its day or moment, who did it, in which post, which columns by name."""

    at: dt.datetime
    who: str
    post: str
    what: str
    columns: str


def changes_of(
    member: Member, ties: Iterable[Affiliation], *, leave_out: Collection[str] = frozenset()
) -> list[Change]:
    """Return what changed the record of MEMBER, whose TIES are at hand, in twelve months; newest first.

    Four queries. Columns in LEAVE_OUT are not named. Only for the person himself, and who may view
    his page.
    """
    rosters = _rosters_of(member, ties)
    transfers = list(Transfer.objects.filter(member=member).select_related("settled_by"))
    events = [
        (event.at, event.by_id, event.by_name, event.act, _names_of(event, rosters))
        for event in _events(member, ties, rosters, transfers)
    ]
    since = timezone.now() - audit.LOOKED_BACK
    events += [
        (at, each.settled_by_id, str(each.settled_by or "系统"), RECEIVED, ["branch"])
        for each in transfers
        if each.state == TransferState.RECEIVED and (at := _moment(each)) >= since
    ]
    posts = _posts_of({by for _, by, *_ in events if by and by != member.user_id})
    return [
        Change(
            at,
            "您自己" if by is not None and by == member.user_id else who,
            _post_on(posts.get(by, ()), timezone.localdate(at)),
            what,
            "、".join(_words(name) for name in _TOLD if name in names and name not in leave_out),
        )
        for at, by, who, what, names in sorted(events, key=lambda event: event[0], reverse=True)
    ]


def _events(
    member: Member,
    ties: Iterable[Affiliation],
    rosters: Mapping[int, Collection[str]],
    transfers: Iterable[Transfer],
) -> Iterable[AuditEvent]:
    since = timezone.now() - audit.LOOKED_BACK
    undone = {each.batch_id for each in transfers if each.state == TransferState.UNDONE}
    links = {tie.pk for tie in ties if not tie.is_home}
    sheets = {tie.link_batch_id for tie in ties if tie.link_batch_id}
    found = audit.changes_of(member, since=since)
    for model, keys, acts in (
        (RosterBatch, rosters, ROSTER_ACTS),
        (TransferBatch, undone, _UNDONE),
        (Affiliation, links, _LINK_ACTS),
        (LinkBatch, sheets, _SHEET_ACTS),
    ):
        found |= audit.acts_on_some(model, keys, acts, since=since)
    return found.order_by("-pk")


def _rosters_of(member: Member, ties: Iterable[Affiliation]) -> dict[int, list[str]]:
    """Return which columns each roster changed, none of that which made him or only tied him."""
    made = {member.roster_batch_id, *(tie.roster_batch_id for tie in ties)}
    found: dict[int, list[str]] = {batch: [] for batch in made if batch}
    rows = RosterChange.objects.filter(member_id=member.pk).values_list("batch_id", "fields")
    return found | {batch: fields.split(",") for batch, fields in rows}


def _names_of(event: AuditEvent, rosters: Mapping[int, Collection[str]]) -> Collection[str]:
    if event.object_type == RosterBatch._meta.label_lower:
        return rosters[int(event.object_id)]
    is_part = event.object_type == Member._meta.label_lower and event.act != _WHOLE
    return event.after if is_part else ()


def _moment(transfer: Transfer) -> dt.datetime:
    return timezone.make_aware(
        dt.datetime.combine(transfer.received_on or transfer.moves_on, dt.time())
    )


def _words(name: str) -> str:
    column: Any = Member._meta.get_field(name)
    return str(column.verbose_name)


def _posts_of(users: Collection[int]) -> dict[int | None, list[Appointment]]:
    held: dict[int | None, list[Appointment]] = {}
    rows = Appointment.objects.filter(user__in=users).select_related("area", "branch")
    for post in rows.order_by("started_on", "pk"):
        held.setdefault(post.user_id, []).append(post)
    return held


def _post_on(posts: Iterable[Appointment], day: dt.date) -> str:
    """Return the posts held on a DAY: 槐荫社区党支部 支部书记.

    One withdrawn as a mistake was held until then: what was done by it was done in it.
    """
    return "、".join(
        f"{post.branch or post.area or ''} {post.get_role_display()}".strip()
        for post in posts
        if post.started_on <= day and all(day <= last for last in _last_days(post))
    )


def _last_days(post: Appointment) -> list[dt.date]:
    return [last for last in (post.ended_on, post.withdrawn_on) if last is not None]
