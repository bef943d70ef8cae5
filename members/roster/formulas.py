"""Cells with a formula whose result the file does not keep: they read as empty, and that is said.

Excel keeps results; programs that only write tables do not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.spreadsheets import Row, Table
from members.roster.columns import Layout

Unsaved = Mapping[int, Sequence[int]]


def unsaved_in(table: Table, layout: Layout) -> Unsaved:
    """Return by row the columns (from 0) that are imported and hold such a formula."""
    imported = {place for place, field in enumerate(layout.fields) if field}
    found = {
        row: [column for column in columns if column in imported]
        for row, columns in table.unsaved.items()
    }
    return {row: columns for row, columns in found.items() if columns}


def with_left_out(rows: Iterable[Row], unsaved: Unsaved) -> Iterator[Row]:
    """Yield ROWS, and in their places those of UNSAVED that read as empty and were left out."""
    if not unsaved:
        yield from rows
        return
    waiting = sorted(unsaved, reverse=True)
    for row in rows:
        while waiting and waiting[-1] < row[0]:
            yield waiting.pop(), []
        if waiting and waiting[-1] == row[0]:
            waiting.pop()
        yield row
    yield from ((number, []) for number in reversed(waiting))
