"""Beginning the managing links of a range of staged rows, inside the chunk's transaction.

Links of new members go from table to table; for known ones, who are locked by now, the policy is
asked once more, for somebody may have given them a link since the check.
"""

import json

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from branches import trees
from core import bulk
from members.enums import RosterRowState
from members.models import Affiliation, Member, RosterBatch, RosterRow
from members.parameters import LinkPolicy
from members.roster.columns import LINKS
from members.roster.decisions import changing
from members.roster.links import open_links
from members.rules.affiliation import Tie, links_to_begin

_LINKS, _ROWS = Affiliation._meta.db_table, RosterRow._meta.db_table
_MEMBERS = Member._meta.db_table
_COLUMNS = (
    *("member_id", "branch_id", "kind", "started_on", "document"),
    *("end_reason", "roster_batch_id"),
)


class Linker:
    """Writes the links of one confirmed batch; only to branches among HOMES that still stand."""

    def __init__(self, batch: RosterBatch, homes: frozenset[int]) -> None:
        self._batch = batch
        self._homes = homes
        self._has_links = any(key.startswith("links_") for key in batch.counts)
        self._today = timezone.localdate()
        self._places: set[int] = set()

    def steady(self, first: int, last: int) -> None:
        """Keep the branches that rows FIRST to LAST link to from ending until the transaction does.

        Before anybody locks members: branches first, then members (docs/architecture.md). Left out
        are those that the user no longer reaches and those dissolved since the check.
        """
        packed = set(self._rows(first, last).values_list("links", flat=True).distinct())
        named = {branch for links in packed for branch, _ in _ties(links)} & self._homes
        self._places = trees.steady_branches(named)

    def begin_for_new(self, first: int, last: int) -> int:
        """Begin the links of the members made of rows FIRST to LAST; return how many."""
        if not self._places:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT_POSTGRES if connection.vendor == "postgresql" else _INSERT_SQLITE,
                {
                    "batch": self._batch.pk,
                    "first": first,
                    "last": last,
                    "state": RosterRowState.NEW.value,
                    "day": self._today,
                    "places": json.dumps(sorted(self._places)),
                },
            )
            return int(cursor.rowcount)

    def begin_for_known(self, first: int, last: int) -> dict[int, int]:
        """Begin the links of known members in rows FIRST to LAST; return how many by member."""
        if not self._places:
            return {}
        taken = Q(decision__isnull=True) | Q(detail__contains=LINKS)
        rows = self._rows(first, last).filter(changing(self._batch.on_duplicate) & taken)
        wanted = {
            member: [tie for tie in _ties(links) if tie[0] in self._places]
            for member, links in rows.values_list("member_id", "links")
            if member is not None
        }
        begun = self._within_policy(wanted)
        day = self._today.isoformat()
        bulk.append(
            Affiliation,
            _COLUMNS,
            [
                (member, branch, kind, day, "", "", self._batch.pk)
                for member, ties in begun.items()
                for branch, kind in ties
            ],
        )
        return {member: len(ties) for member, ties in begun.items() if ties}

    def _rows(self, first: int, last: int) -> models.QuerySet[RosterRow]:
        if not self._has_links:
            return RosterRow.objects.none()
        rows = RosterRow.objects.filter(batch=self._batch, row__gte=first, row__lte=last)
        return rows.filter(links__isnull=False).order_by()

    def _within_policy(self, wanted: dict[int, list[Tie]]) -> dict[int, list[Tie]]:
        policy = LinkPolicy()
        codes = dict(Member.objects.filter(pk__in=wanted).values_list("pk", "branch__area__code"))
        standing = open_links(list(wanted))
        return {
            member: links_to_begin(
                ties,
                standing.get(member, ()),
                counted=policy.counted,
                most=policy.most(codes[member] or ""),
            )[0]
            for member, ties in wanted.items()
            if member in codes  # not taken out with another roster meanwhile
        }


def _ties(packed: str | None) -> list[Tie]:
    return [(branch, kind) for branch, kind in json.loads(packed or "[]")]


def _insertion(each: str, branch: str, kind: str, places: str) -> str:
    """Return the statement for new members; the arguments are how the database reads JSON.

    The member is found by a subquery of his own, which always takes the index: joined, a planner
    that does not know the table's new size would walk the whole register for each chunk.
    """
    found = f"(SELECT m.id FROM {_MEMBERS} m WHERE m.id_number_index = r.id_number_index)"  # noqa: S608 -- our own names
    return (
        f"INSERT INTO {_LINKS} ({', '.join(_COLUMNS)})"  # noqa: S608 -- our own names
        f" SELECT {found}, {branch}, {kind}, %(day)s, '', '', %(batch)s"
        f" FROM {_ROWS} r CROSS JOIN {each} l"
        " WHERE r.batch_id = %(batch)s AND r.row BETWEEN %(first)s AND %(last)s"
        f" AND r.state = %(state)s AND r.links IS NOT NULL AND {branch} IN ({places})"
        " ORDER BY r.row"
    )


_INSERT_POSTGRES = _insertion(
    "LATERAL jsonb_array_elements(r.links::jsonb)",
    "(l.value->>0)::bigint",
    "l.value->>1",
    "SELECT value::bigint FROM jsonb_array_elements_text(%(places)s::jsonb)",
)
_INSERT_SQLITE = _insertion(
    "json_each(r.links)",
    "json_extract(l.value, '$[0]')",
    "json_extract(l.value, '$[1]')",
    "SELECT value FROM json_each(%(places)s)",
)
