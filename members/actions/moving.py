"""Moving the homes of many members at once, with history kept (SYS-04, SYS-15).

The one engine of every transfer, of one member or of thousands. The caller holds the branches and
then the members, and has asked ``rules.affiliation.check_move`` for each.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Branch
from core import bulk
from members.homes import HOME, Homes
from members.models import Affiliation, Member

BECAME_HOME = "已转为隶属"
_NEW_TIE = (
    *("member_id", "branch_id", "kind", "started_on", "document"),
    "end_reason",
)


class Move(NamedTuple):
    """One member's way to a new home: TO from day ON by a DOCUMENT."""

    member: int
    to: int
    on: dt.date
    document: str


def move(moves: Sequence[Move], homes: Homes) -> None:
    """Carry out MOVES: the old home ends the day before, the new one begins, nothing is deleted.

    A managing link to the new home ends, for it is the home now; the Party group was the old
    branch's and is left. A handful of statements, however many move.
    """
    ends: list[tuple[Any, ...]] = []
    for one in moves:
        tie = homes.of(one.member).tie
        if tie is not None:
            ends.append((tie, _day(one.on - dt.timedelta(days=1)), one.document))
    ends += _links_that_become_home(moves)
    bulk.update(Affiliation, ("ended_on", "end_reason"), ends)
    begun = [(one.member, one.to, HOME.value, _day(one.on), one.document, "") for one in moves]
    bulk.append(Affiliation, _NEW_TIE, begun)
    _rehome({one.member: (one.to, None) for one in moves})


class Return(NamedTuple):
    """One member's way back: the TIES that a transfer ended go on, and with the home the GROUP."""

    member: int
    group: int | None
    ties: Sequence[int]


def go_back(returns: Sequence[Return]) -> None:
    """Carry out RETURNS. The homes they had since are withdrawn before: nobody has two.

    A group that is no longer one of the old home is not entered again.
    """
    ties = sorted({tie for one in returns for tie in one.ties})
    bulk.update(Affiliation, ("ended_on", "end_reason"), [(tie, None, "") for tie in ties])
    homes: dict[int, int] = {}
    for keys in bulk.parts(ties):
        ours = Affiliation.objects.filter(pk__in=keys, kind=HOME).order_by()
        homes |= ours.values_list("member_id", "branch_id")
    named = {one.group for one in returns if one.group}
    groups = Branch.objects.filter(pk__in=named, dissolved_on=None).order_by()
    parents = dict(groups.values_list("pk", "parent_id"))
    _rehome(
        {
            one.member: (home, one.group if home and parents.get(one.group or 0) == home else None)
            for one in returns
            for home in [homes.get(one.member)]
        }
    )


def withdraw(ties: "QuerySet[Affiliation]", why: str) -> None:
    """Let TIES never have been: those that stand end, and each says WHY or keeps its own reason."""
    today = timezone.localdate()
    standing = ties.filter(withdrawn_on__isnull=True)
    rows = standing.values_list("pk", "started_on", "ended_on", "end_reason")
    bulk.update(
        Affiliation,
        ("ended_on", "withdrawn_on", "end_reason"),
        [
            (pk, _day(ended_on or max(today, started_on or today)), _day(today), reason or why)
            for pk, started_on, ended_on, reason in rows
        ],
    )


def _links_that_become_home(moves: Sequence[Move]) -> list[tuple[Any, ...]]:
    ways = {one.member: one for one in moves}
    open_links = Affiliation.objects.filter(ended_on__isnull=True).exclude(kind=HOME).order_by()
    fields = ("pk", "member_id", "branch_id", "started_on")
    return [
        (pk, _day(max(ways[member].on, started_on or ways[member].on)), BECAME_HOME)
        for keys in bulk.parts(list(ways))
        for pk, member, branch, started_on in open_links.filter(member__in=keys).values_list(
            *fields
        )
        if ways[member].to == branch
    ]


def _rehome(homes: dict[int, tuple[int | None, int | None]]) -> None:
    """Write the copies on the members: branch, group, territory; one version more.

    Who has no home any more is in the territory of his last, whose office looks after him.
    """
    branches = {branch for branch, _ in homes.values()}
    paths = dict(Branch.objects.filter(pk__in=branches).values_list("pk", "area_path"))
    last = _last_territories([member for member, (branch, _) in homes.items() if branch is None])
    stored: dict[int, tuple[int, str]] = {}
    for keys in bulk.parts(list(homes)):
        facts = Member.objects.filter(pk__in=keys).order_by()
        for member, version, path in facts.values_list("pk", "version", "area_path"):
            stored[member] = version, path
    updated: Any = Member._meta.get_field("updated_at")
    now = updated.get_db_prep_save(timezone.now(), connection)
    bulk.update(
        Member,
        ("branch_id", "group_id", "area_path", "version", "updated_at"),
        [
            (
                member,
                branch,
                group,
                paths.get(branch or 0, last.get(member, path)),
                version + 1,
                now,
            )
            for member, (branch, group) in homes.items()
            for version, path in [stored[member]]
        ],
    )


def _last_territories(members: Sequence[int]) -> dict[int, str]:
    """Return by member the area path of the last home that he really had; nothing is asked of nobody."""
    last: dict[int, str] = {}
    for keys in bulk.parts(members):
        ours = Affiliation.objects.filter(member__in=keys, kind=HOME, withdrawn_on__isnull=True)
        last |= ours.order_by("ended_on", "pk").values_list("member_id", "branch__area_path")
    return last


def _day(day: dt.date) -> str:
    return day.isoformat()
