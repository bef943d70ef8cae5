"""Small tables: a few known columns, read whole, every fault listed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from branches.refusal import FileRefused, Problem, not_readable, require_file
from core.spreadsheets import (
    EXAMPLE,
    FORMULA_UNSAVED,
    Limits,
    RefusedFile,
    Row,
    Unsaved,
    open_table,
)
from core.text import squeeze

_TITLE_ROWS = 10


class Column(NamedTuple):
    """A column by its standard heading; REQUIRED: a table without it is refused."""

    heading: str
    variants: tuple[str, ...] = ()
    required: bool = False


class Line(NamedTuple):
    """One row: its number in the file, its cells by standard heading; no key where no such column."""

    row: int
    cells: dict[str, Any]


def rows_of(source: Path | int, *, name: str, most: int | None = None) -> list[Row]:
    """Return the rows of a CSV or XLSX file (a path, or an open file's number) called NAME.

    A cell whose formula has no stored result is ``Unsaved``, also in rows of nothing else.
    Raises FileRefused when it is no table, or has more than MOST rows with its headings.
    """
    limits = Limits.of_settings()
    if most is not None:
        bounds = ("rows", "csv_rows", "sparse_rows")
        limits = replace(limits, **{name: min(most, getattr(limits, name)) for name in bounds})
    if isinstance(source, Path):
        require_file(source)
    try:
        with open_table(source, content_name=name, limits=limits) as table:
            return table.marked_rows()
    except OSError as error:
        raise not_readable(error) from None
    except RefusedFile as refusal:
        problem = Problem(refusal.row or 0, "", refusal.code, refusal.fault)
        raise FileRefused([problem]) from None


def lines_of(
    rows: Iterable[Row], columns: Sequence[Column], *, key: Sequence[str], what: str, name: str = ""
) -> list[Line]:
    """Return ROWS below the headings. KEY are headings, in any variant, by which theirs is known.

    NAME is the heading under which the example of a blank table is known; such rows are left out.

    Raises FileRefused when there are no headings, one is missing or doubled, there is nothing
    below them, or a cell is ``Unsaved``; WHAT says of what.
    """
    source = iter(rows)
    head, places = _head(source, columns, key)
    told = [places[heading] for heading in (*key, name) if heading in places]
    lines = [
        Line(number, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})
        for number, cells in source
        if _is_row(cells, told)
    ]
    filled = [each for each in lines if not str(each.cells.get(name, "")).startswith(EXAMPLE)]
    if not filled:
        first = lines[-1].row + 1 if lines else head + 1
        message = f"表头下面还没有填{what}，请从第{first}行填起。"
        raise FileRefused([Problem(0, "", "empty", message)])
    _refuse_unsaved(filled)
    return filled


def _is_row(cells: Sequence[Any], told: Iterable[int]) -> bool:
    """Whether anything stands in CELLS, or a formula hides in a column TOLD what they are about.

    Other formulas are often pulled down beyond the last row.
    """
    if any(cell != "" for cell in cells):
        return True
    return any(at < len(cells) and isinstance(cells[at], Unsaved) for at in told)


def _refuse_unsaved(lines: Iterable[Line]) -> None:
    hidden = [
        Problem(line.row, heading, "formula_unsaved", FORMULA_UNSAVED)
        for line in lines
        for heading, cell in line.cells.items()
        if isinstance(cell, Unsaved)
    ]
    if hidden:
        raise FileRefused(hidden)


def _head(
    source: Iterator[Row], columns: Sequence[Column], key: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """Find the row of headings among the first rows; return it with standard heading -> position."""
    standard = {name: each.heading for each in columns for name in (each.heading, *each.variants)}
    for number, cells in source:
        headings = [standard.get(squeeze(str(cell)), "") for cell in cells]
        if not set(key).isdisjoint(headings):
            missing = [each.heading for each in columns if each.required]
            missing = [heading for heading in missing if heading not in headings]
            doubled = [each.heading for each in columns if headings.count(each.heading) > 1]
            if missing or doubled:
                said, which = ("缺少", missing) if missing else ("重复了", doubled)
                message = f"表头{said}“{'、'.join(which)}”，请改好表头。"
                raise FileRefused([Problem(number, "", "header", message)])
            return number, {heading: at for at, heading in enumerate(headings) if heading}
        if number >= _TITLE_ROWS:
            break
    message = f"没有找到表头。表头应有：{'、'.join(each.heading for each in columns)}。"
    raise FileRefused([Problem(0, "", "header", message)])
