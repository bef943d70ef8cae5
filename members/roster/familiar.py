"""Rows that were taken before, of members who have not changed since: known at a glance.

When a row without findings is written, the member keeps a mark: a keyed digest of the row's cells,
the rules they were judged by and the version of the record that came of it. Where the mark fits
again there is nothing to judge, compare or open, so a roster uploaded every month costs a tenth.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from core import crypto
from core.enums import CodeTable
from core.models import Code
from core.spreadsheets import Row
from members.enums import RosterRowState
from members.models import Member
from members.roster.columns import Layout
from members.roster.company import Chunk
from members.roster.lookups import Home
from members.roster.register import TABLE, Digests, Stored, read_members
from members.roster.validation import Judge, Judged, plain_number
from members.rules.parameters import CheckParameters

# Raise it when reading or judging rows changes: then every row is judged afresh once.
_RULES = 6
_COLUMNS = (
    *("id", "id_number_index", "version", "branch_id", "deceased_on", "roster_mark"),
    *("gender", "member_kind", "person_kind"),
)
_SAME = RosterRowState.SAME.value
_FOR_TOTALS = ("gender", "member_kind", "person_kind")


class Marks:
    """Makes the marks of one file's rows: same layout, same thresholds, same code tables."""

    def __init__(
        self, layout: Layout, parameters: CheckParameters, *, epoch_1904: bool = False
    ) -> None:
        # A row without findings has no doubt of its area: more areas leave it without.
        read = Code.objects.exclude(table=CodeTable.TERRITORY).order_by("table", "code")
        codes = list(read.values_list("table", "code", "name", "aliases"))
        fingerprint = crypto.blind_index(
            repr((layout.fields, parameters, codes, epoch_1904)), f"{TABLE}.codes"
        )
        self._index = crypto.indexer(f"{TABLE}.roster_mark {_RULES} {fingerprint}")

    def of(self, cells: Sequence[Any], *, version: int, branch: int) -> str:
        """Return the mark of a member whose record at VERSION, at home in BRANCH, came of CELLS."""
        try:
            row = "\x1f".join(cells)
        except TypeError:  # a workbook's numbers and dates
            row = "\x1f".join(map(str, cells))
        return self._index(f"{version}\x1f{branch}\x1f{row}")


class Picked(NamedTuple):
    """The familiar rows, judged as unchanged; the others in their order; digests nobody has.

    ``unknown`` is None where nobody has any: no member is registered yet.
    """

    familiar: list[Judged]
    others: list[Row]
    unknown: Collection[str] | None


class Familiar:
    """Picks the familiar rows out of a chunk; what it does not know goes to the judge."""

    def __init__(self, layout: Layout, *, judge: Judge, marks: Marks, digests: Digests) -> None:
        self._judge = judge
        self._marks = marks
        self._digests = digests
        self._id = layout.fields.index("id_number")
        self._has_members = False

    def pick(self, chunk: Chunk) -> Picked:
        """Tell the rows of CHUNK apart by what the register has of their numbers: one query."""
        self._has_members = self._has_members or Member.objects.exists()
        if not self._has_members:
            return Picked([], list(chunk.rows), None)
        digests = [self._digest(cells) for _, cells in chunk.rows]
        wanted = {digest for digest in digests if digest}
        known = read_members(_COLUMNS, "id_number_index", list(wanted))
        unknown = wanted.difference([row["id_number_index"] for row in known])
        stored = {
            row["id_number_index"]: row
            for row in known
            if row["roster_mark"] and not row["deceased_on"]
        }
        if not stored:
            return Picked([], list(chunk.rows), unknown)
        shared = {*chunk.shared.number, *chunk.shared.phone}
        familiar, others = [], []
        for (row, cells), digest in zip(chunk.rows, digests, strict=True):
            member = stored.get(digest) if row not in shared else None
            home = self._home(cells, member) if member else None
            if member and home:
                familiar.append(_unchanged(row, cells, member, home))
            else:
                others.append((row, cells))
        return Picked(familiar, others, unknown)

    def _digest(self, cells: Sequence[Any]) -> str:
        number = plain_number(cells[self._id]) if self._id < len(cells) else ""
        return self._digests.id_number(number) if number else ""

    def _home(self, cells: Sequence[Any], member: Stored) -> Home | None:
        """Return the member's home if the row names it and the mark fits."""
        home = self._judge.home_of(cells)
        if home is None or home.id != member["branch_id"]:
            return None
        cells = self._judge.padded(cells)
        mark = self._marks.of(cells, version=member["version"], branch=home.id)
        return home if mark == member["roster_mark"] else None


def _unchanged(row: int, cells: Sequence[Any], member: Stored, home: Home) -> Judged:
    values = {name: member[name] for name in _FOR_TOTALS}
    values |= {"branch": home.id, "area_path": home.area_path}
    return Judged(row, cells, values, state=_SAME, member_id=member["id"])
