"""Writing staged rows into the register, a range of rows at a time inside the caller's transaction.

New members go from table to table without passing through here; each gets his home affiliation in
the same statement or transaction. Known members are changed by ``changing``.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from branches.models import Branch
from core.models import User
from members.enums import AffiliationKind, RosterRowState, RowDecision
from members.models import Affiliation, Member, RosterBatch, RosterChunk, RosterRow
from members.roster.alike import ASKED, unasked
from members.roster.changing import Changer, mark, packed, problem_of_lost_branch
from members.roster.findings import finding
from members.roster.linking import Linker
from members.roster.meanwhile import hold_registered_meanwhile
from members.roster.register import COLUMNS
from members.rules.parameters import CheckParameters

MEMBERS = Member._meta.db_table
AFFILIATIONS = Affiliation._meta.db_table
ROWS = RosterRow._meta.db_table
BRANCHES = Branch._meta.db_table
_ANSWERED_AT_ONCE = 500


class Writer:
    """Writes one confirmed batch. FIELDS are those that its rows were staged with."""

    def __init__(
        self,
        batch: RosterBatch,
        fields: Sequence[str],
        homes: Iterable[int],
        *,
        by: User,
        parameters: CheckParameters,
    ) -> None:
        self._batch = batch
        self._fields = tuple(fields)
        self._homes = frozenset(homes)
        self._changer = Changer(batch, self._fields, self._homes, by=by, parameters=parameters)
        self._insert = _insertion(self._fields)
        self._linker = Linker(batch, self._homes)

    def settle(self) -> None:
        """Let those who look like a member but are somebody else be registered anew.

        The question was answered; what else was found in their rows stays told.
        """
        rows = RosterRow.objects.filter(batch=self._batch, decision=RowDecision.OTHER)
        others = rows.filter(state=RosterRowState.ALIKE)
        asked = list(others.filter(ASKED).only("batch", "row", "problems"))
        for row in asked:
            row.problems = unasked(row.problems or "[]")
        RosterRow.objects.bulk_update(asked, ("problems",), batch_size=_ANSWERED_AT_ONCE)
        others.update(state=RosterRowState.NEW, member_id=None)

    def refuse_lost_branches(self) -> int:
        """Refuse new members of branches that the user no longer reaches; return how many."""
        staged = RosterRow.objects.filter(batch=self._batch, state=RosterRowState.NEW)
        named = set(staged.order_by().values_list("branch", flat=True).distinct())
        return mark(staged.filter(branch__in=named - self._homes), problem_of_lost_branch())

    def write(self, first: int, last: int) -> RosterChunk:
        """Write the rows FIRST to LAST and return the record of what was written."""
        self._linker.steady(first, last)
        created = self._create(first, last)
        links = self._linker.begin_for_new(first, last)
        changes = self._changer.change(first, last)
        linked = self._linker.begin_for_known(first, last)
        seen = {pk for pk, _, _ in changes}
        changes += [(pk, {}, 0) for pk in linked if pk not in seen]
        return RosterChunk.objects.create(
            batch=self._batch,
            first_row=first,
            last_row=last,
            created=created,
            changed=len(changes),
            links=links + sum(linked.values()),
            changes=packed(changes),
        )

    def _rows(self, first: int, last: int) -> models.QuerySet[RosterRow]:
        return RosterRow.objects.filter(batch=self._batch, row__gte=first, row__lte=last)

    # --- new members -------------------------------------------------------------------------

    def _create(self, first: int, last: int) -> int:
        if "id_type" in self._fields:  # else everybody has a number
            hold_registered_meanwhile(self._batch, self._rows(first, last))
        wanted = self._rows(first, last).filter(state=RosterRowState.NEW)
        expected = wanted.count()
        if not expected:
            return 0
        self._steady_branches(first, last)
        ended = Branch.objects.filter(dissolved_on__isnull=False, pk__in=wanted.values("branch"))
        if gone := list(ended.values_list("pk", flat=True)):
            expected -= mark(wanted.filter(branch__in=gone), problem_of_lost_branch())
        created = self._insert_range(first, last)
        if created < expected:
            ours = Member.objects.filter(roster_batch=self._batch).values("id_number_index")
            numbered = wanted.filter(id_number_index__isnull=False)
            mark(
                numbered.exclude(id_number_index__in=ours), finding("TAKEN_MEANWHILE", "id_number")
            )
        return created

    def _steady_branches(self, first: int, last: int) -> None:
        """Keep the rows' branches from moving and ending until their members are in them."""
        if connection.vendor != "postgresql":
            return  # the transaction is the only writer
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {BRANCHES} WHERE id IN (SELECT branch_id FROM {ROWS}"  # noqa: S608 -- our own names
                " WHERE batch_id = %s AND row BETWEEN %s AND %s) ORDER BY id FOR SHARE",
                [self._batch.pk, first, last],
            )

    def _insert_range(self, first: int, last: int) -> int:
        """Insert members and their home affiliations; a number taken meanwhile is passed over."""
        now = timezone.now()
        rows: dict[str, Any] = {"batch": self._batch.pk, "now": now, "first": first, "last": last}
        home: dict[str, Any] = {"home": AffiliationKind.HOME.value}
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"WITH made AS ({self._insert} RETURNING id, branch_id)"
                    f" {_affiliation_of('made')}",
                    rows | home,
                )
                return int(cursor.rowcount)
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {MEMBERS}")  # noqa: S608 -- our own names
            (before,) = cursor.fetchone()
            cursor.execute(self._insert, rows)
            made = f"(SELECT id, branch_id FROM {MEMBERS} WHERE id > %(before)s)"  # noqa: S608 -- our own names
            cursor.execute(_affiliation_of(made), rows | home | {"before": before})
            return int(cursor.rowcount)


def _insertion(fields: Sequence[str]) -> str:
    """Return the statement that turns staged rows into members; columns not staged get defaults."""
    columns, values = [], []
    for field in Member._meta.concrete_fields:
        value = _source(field, fields)
        if value is not None:
            columns.append(connection.ops.quote_name(COLUMNS[field.name]))
            values.append(value)
    return (
        f"INSERT INTO {MEMBERS} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {ROWS} r"  # noqa: S608 -- our own names
        f" JOIN {BRANCHES} b ON b.id = r.branch_id"
        " WHERE r.batch_id = %(batch)s AND r.row BETWEEN %(first)s AND %(last)s"
        f" AND r.state = '{RosterRowState.NEW.value}'"
        " ORDER BY r.row ON CONFLICT (id_number_index) DO NOTHING"
    )


def _source(field: "models.Field[Any, Any]", staged: Sequence[str]) -> str | None:
    """Return the SQL value of a column of a new member; None leaves it to NULL or the sequence."""
    if isinstance(field, models.DateTimeField):
        return "%(now)s"
    if field.name == "roster_batch":
        return "%(batch)s"
    if field.name == "area_path":
        return "b.area_path"  # the branch may have moved since the check
    blank = None if field.null else _literal(field.get_default())
    if field.name in staged:
        column = f"r.{connection.ops.quote_name(COLUMNS[field.name])}"
        return column if blank is None else f"COALESCE({column}, {blank})"
    return None if field.primary_key else blank


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _affiliation_of(made: str) -> str:
    """Return the statement that gives each of MADE (id, branch_id) its home; the date is not known."""
    return (
        f"INSERT INTO {AFFILIATIONS} (member_id, branch_id, kind, document,"  # noqa: S608 -- our own names
        " end_reason, roster_batch_id)"
        f" SELECT id, branch_id, %(home)s, '', '', %(batch)s FROM {made}"
    )
