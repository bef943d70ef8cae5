"""The rows of a checked sheet as its page shows them: who, and what the row comes to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.core.paginator import Page, Paginator

from branches.refusal import Problem
from core.display import masked
from core.models import User
from members.models import Member

PAGE = 50


class SheetRow(NamedTuple):
    """What one row of a sheet comes to: about whom, what happens, and the cells that say it."""

    row: int
    member: int
    what: str
    cells: Sequence[str]


class Line(NamedTuple):
    """One row as it is shown, each cell with its heading; the number is masked (domain §6.3)."""

    row: int
    name: str
    number: str
    what: str
    cells: Sequence[tuple[str, str]]
    notes: Sequence[str]


class Preview(NamedTuple):
    """One page of rows, and what is said of the sheet as a whole."""

    page: "Page[SheetRow]"
    lines: Sequence[Line]
    remarks: Sequence[str]


def preview(
    rows: Iterable[SheetRow],
    notes: Iterable[Problem],
    *,
    user: User,
    number: str,
    headings: Sequence[str],
) -> Preview:
    """Return page NUMBER of ROWS as USER sees them, those with NOTES first; one query.

    HEADINGS are those of the rows' cells.
    """
    by_row: dict[int, list[str]] = defaultdict(list)
    for note in notes:
        by_row[note.row].append(note.message)
    ordered = sorted(rows, key=lambda each: (each.row not in by_row, each.row))
    page = Paginator(ordered, PAGE).get_page(number)
    seen = Member.objects.visible_to(user).only("name", "id_number")
    people = seen.in_bulk([each.member for each in page])
    lines = [
        Line(
            each.row,
            people[each.member].name,
            masked(people[each.member].id_number, "id"),
            each.what,
            list(zip(headings, each.cells, strict=True)),
            by_row[each.row],
        )
        for each in page
        if each.member in people
    ]
    return Preview(page, lines, by_row[0])
