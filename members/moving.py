"""Homes of many members at once: what they are, and moving them with history kept (SYS-04, SYS-15).

The one engine of every transfer, of one member or of thousands. The caller holds the branches and
then the members, and has asked ``rules.affiliation.check_move`` for each.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from branches.models import Branch
from core import bulk
from members.enums import AffiliationKind
from members.models import Affiliation, Member

HOME = AffiliationKind.HOME
BECAME_HOME = "已转为隶属"
_AT_ONCE = 5_000
_NEW_TIE = (
    *("member_id", "branch_id", "kind", "started_on", "is_primary_place", "document"),
    "end_reason",
)


def hold(members: Iterable[int]) -> dict[int, int | None]:
    """Keep MEMBERS (keys) from other writers until the transaction ends, in the order of their keys.

    Branches first (``trees.steady_branches``). Return the home branch of each who lives.
    """
    wanted = sorted(set(members))
    homes: dict[int, int | None] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = Member.objects.filter(pk__in=wanted[start : start + _AT_ONCE]).order_by("pk")
        held = part.select_for_update(of=("self",))
        for pk, branch, deceased_on in held.values_list("pk", "branch_id", "deceased_on"):
            if deceased_on is None:
                homes[pk] = branch
    return homes


class Home(NamedTuple):
    """A member's home: its tie, since when (None: not known), and the last day of one that is over."""

    tie: int | None = None
    since: dt.date | None = None
    left_on: dt.date | None = None


class Homes:
    """The homes of some members; one query for 5,000."""

    def __init__(self, members: Sequence[int]) -> None:
        self._homes: dict[int, Home] = {}
        for start in range(0, len(members), _AT_ONCE):
            self._read(members[start : start + _AT_ONCE])

    def _read(self, members: Sequence[int]) -> None:
        ties = Affiliation.objects.filter(member__in=members, kind=HOME).order_by()
        fields = ("pk", "member_id", "started_on", "ended_on")
        for tie, member, started_on, ended_on in ties.values_list(*fields):
            home = self._homes.get(member, Home())
            if ended_on is None:
                self._homes[member] = home._replace(tie=tie, since=started_on)
            elif home.left_on is None or home.left_on < ended_on:
                self._homes[member] = home._replace(left_on=ended_on)

    def of(self, member: int) -> Home:
        """Return the home of one of the members."""
        return self._homes.get(member, Home())


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
    links = Affiliation.objects.filter(
        member__in=list(ways), branch__in={one.to for one in moves}, ended_on__isnull=True
    )
    fields = ("pk", "member_id", "branch_id", "started_on")
    return [
        (pk, _day(max(ways[member].on, started_on or ways[member].on)), BECAME_HOME)
        for pk, member, branch, started_on in links.exclude(kind=HOME).values_list(*fields)
        if ways[member].to == branch
    ]


def _rehome(moves: Sequence[Move]) -> None:
    """Write the copies on the members: branch, territory, no group; one version more."""
    paths = dict(
        Branch.objects.filter(pk__in={one.to for one in moves}).values_list("pk", "area_path")
    )
    members = Member.objects.filter(pk__in=[one.member for one in moves])
    versions = dict(members.values_list("pk", "version"))
    updated: Any = Member._meta.get_field("updated_at")
    now = updated.get_db_prep_save(timezone.now(), connection)
    bulk.update(
        Member,
        ("branch_id", "group_id", "area_path", "version", "updated_at"),
        [(one.member, one.to, None, paths[one.to], versions[one.member] + 1, now) for one in moves],
    )


def _day(day: dt.date) -> str:
    return day.isoformat()
