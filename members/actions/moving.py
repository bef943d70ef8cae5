"""Moving the homes of many members at once, with history kept (SYS-04, SYS-15).

The one engine of every transfer, of one member or of thousands. The caller holds the branches and
then the members, and has asked ``rules.affiliation.check_move`` for each.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from branches.models import Branch
from core import bulk
from members.homes import HOME, Homes
from members.models import Affiliation, Member

BECAME_HOME = "已转为隶属"
_NEW_TIE = (
    *("member_id", "branch_id", "kind", "started_on", "is_primary_place", "document"),
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
    begun = [
        (one.member, one.to, HOME.value, _day(one.on), False, one.document, "") for one in moves
    ]
    bulk.append(Affiliation, _NEW_TIE, begun)
    _rehome(moves)


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


def _rehome(moves: Sequence[Move]) -> None:
    """Write the copies on the members: branch, territory, no group; one version more."""
    paths = dict(
        Branch.objects.filter(pk__in={one.to for one in moves}).values_list("pk", "area_path")
    )
    versions: dict[int, int] = {}
    for keys in bulk.parts([one.member for one in moves]):
        versions |= Member.objects.filter(pk__in=keys).order_by().values_list("pk", "version")
    updated: Any = Member._meta.get_field("updated_at")
    now = updated.get_db_prep_save(timezone.now(), connection)
    bulk.update(
        Member,
        ("branch_id", "group_id", "area_path", "version", "updated_at"),
        [(one.member, one.to, None, paths[one.to], versions[one.member] + 1, now) for one in moves],
    )


def _day(day: dt.date) -> str:
    return day.isoformat()
