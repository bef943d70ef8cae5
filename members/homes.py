"""Homes of many members at once: hold the members, and read where they are at home (SYS-04, SYS-15)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core import bulk
from members.enums import AffiliationKind
from members.models import Affiliation, Member

HOME = AffiliationKind.HOME


def hold(members: Iterable[int]) -> dict[int, int | None]:
    """Keep MEMBERS (keys) from other writers until the transaction ends, in the order of their keys.

    Branches first (``trees.steady_branches``). Return the home branch of each who lives.
    """
    homes: dict[int, int | None] = {}
    for keys in bulk.parts(sorted(set(members))):
        held = Member.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
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
        for keys in bulk.parts(members):
            self._read(keys)

    def _read(self, members: Sequence[int]) -> None:
        ties = Affiliation.objects.filter(
            member__in=members, kind=HOME, withdrawn_on=None
        ).order_by()
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
