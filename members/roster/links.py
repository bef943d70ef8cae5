"""The column 活动组织: which managing links a row asks for, and which of them begin (SYS-04, SYS-05)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from core.models import User
from members.enums import LINK_KINDS
from members.models import Affiliation
from members.organisations import Organisations
from members.parameters import LinkPolicy
from members.roster.cells import Memo
from members.roster.columns import LINKS, Layout
from members.roster.findings import finding
from members.roster.lookups import Places
from members.roster.validation import Judged
from members.rules import cells
from members.rules.affiliation import Tie, links_to_begin
from members.rules.problems import Problem

_BETWEEN = re.compile(r"[、;；,，\n]+")


class Asked(NamedTuple):
    """What one cell asks for: links by branch and kind, and what of it cannot be."""

    ties: tuple[Tie, ...]
    problems: tuple[Problem, ...]


_NOTHING = Asked((), ())


class LinkPlan:
    """Reads the column for one file and keeps to the policy of each member's home.

    Four queries for a file, and one a chunk for the people who are known already.
    """

    def __init__(self, layout: Layout, *, places: Places, user: User) -> None:
        self._column = layout.fields.index(LINKS)
        self._places = places
        self._policy = LinkPolicy()
        self._organisations = Organisations(user)
        self._asked = Memo(self._read)

    def plan(self, rows: Iterable[Judged], known: Mapping[int, int]) -> None:
        """Set the links that each of ROWS begins; KNOWN has the members on the register, by row."""
        asking = [(row, asked) for row in rows if not row.is_refused and (asked := self._of(row))]
        members = [known[row.row] for row, _ in asking if row.row in known]
        standing = open_links(members) if members else {}
        for row, asked in asking:
            row.problems += asked.problems
            home = row.values["branch"]
            ties = [tie for tie in asked.ties if tie[0] != home]
            if len(ties) < len(asked.ties):
                row.problems.append(finding("LINK_HOME", LINKS))
            row.links, refused = links_to_begin(
                ties,
                standing.get(known.get(row.row, 0), ()),
                counted=self._policy.counted,
                most=self._policy.most(self._organisations.area_codes[home]),
            )
            if refused:
                row.problems.append(finding("LINK_LIMIT", LINKS, policy=refused))

    def _of(self, row: Judged) -> Asked | None:
        cell = row.cells[self._column]
        asked = self._asked[cell] if cell else _NOTHING
        return asked if asked.ties or asked.problems else None

    def _read(self, cell: Any) -> Asked:
        """Read names or codes, or one name that holds such a mark itself."""
        typed = cells.plain(cell)
        if not typed:
            return _NOTHING
        parts = [typed]
        if not self._places.organisations(typed):
            parts = list(filter(None, map(cells.plain, _BETWEEN.split(str(cell)))))
        ties: dict[int, str] = {}
        problems = []
        for order, part in enumerate(parts, 1):
            found = self._find(part, order)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                ties[found] = self._organisations.link_kinds[found]
        return Asked(tuple(ties.items()), tuple(problems))

    def _find(self, part: str, order: int) -> int | Problem:
        found = self._organisations.one_of(self._places.organisations(part), is_home=False)
        if isinstance(found, int):
            return found
        return finding("LINK_PLACE", LINKS, order=order, fault=found)


def open_links(members: Sequence[int]) -> dict[int, list[Tie]]:
    """Return the managing links that have not ended, by member; one query."""
    rows = Affiliation.objects.filter(
        member__in=members, kind__in=LINK_KINDS, ended_on__isnull=True
    )
    found: dict[int, list[Tie]] = defaultdict(list)
    for member, branch, kind in rows.order_by("pk").values_list("member_id", "branch_id", "kind"):
        found[member].append((branch, kind))
    return found
