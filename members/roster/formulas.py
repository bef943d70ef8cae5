"""Cells with a formula whose result the file does not keep: they read as empty, and that is said.

Excel keeps results; programs that only write tables do not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.spreadsheets import Limits, Refusal, Row, Table
from members.roster.columns import COMPARED, Layout

_WHO = {"name", "id_number"}
Unsaved = Mapping[int, Sequence[int]]


def unsaved_in(table: Table, layout: Layout) -> Unsaved:
    """Return by row the columns (from 0) that are stored and hold such a formula."""
    stored = {place for place, field in enumerate(layout.fields) if field and field not in COMPARED}
    found = {
        row: [column for column in columns if column in stored]
        for row, columns in table.unsaved.items()
    }
    return {row: columns for row, columns in found.items() if columns}


def is_somebody(columns: Iterable[int], layout: Layout) -> bool:
    """Whether such COLUMNS of a row that reads as empty hide who it is about.

    Other formulas are often pulled down beyond the last person.
    """
    return any(layout.fields[column] in _WHO for column in columns)


def with_left_out(rows: Iterable[Row], unsaved: Unsaved, layout: Layout) -> Iterator[Row]:
    """Yield ROWS, and in their places those of UNSAVED that read as empty but are somebody.

    RefusedFile: with them there are too many.
    """
    hidden = [row for row, columns in unsaved.items() if is_somebody(columns, layout)]
    return _merged(rows, sorted(hidden, reverse=True)) if hidden else iter(rows)


def _merged(rows: Iterable[Row], waiting: list[int]) -> Iterator[Row]:
    limits = Limits.of_settings()
    for count, row in enumerate(_in_their_places(rows, waiting), 1):
        if count > limits.rows:
            raise limits.refuse(Refusal.TOO_MANY_ROWS)
        yield row


def _in_their_places(rows: Iterable[Row], waiting: list[int]) -> Iterator[Row]:
    """Yield ROWS and those of WAITING, the last one first there, that are not among them."""
    for row in rows:
        while waiting and waiting[-1] < row[0]:
            yield waiting.pop(), []
        if waiting and waiting[-1] == row[0]:
            waiting.pop()
        yield row
    yield from ((number, []) for number in reversed(waiting))
