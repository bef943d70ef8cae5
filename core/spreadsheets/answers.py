"""What the child says, checked before anything is made of it: whoever wrote the file may speak."""

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from core.spreadsheets.child import CELL_END, ROW_END
from core.spreadsheets.errors import Refusal

Cell = str | int | float | bool | datetime.date | datetime.datetime
Row = tuple[int, list[Cell]]
_CELL_TYPES = frozenset({str, int, float, bool, datetime.date, datetime.datetime})
_LAST_NUMBER = 2**31 - 1  # what a database keeps the number of a row in


class Unsound(Exception):
    """The child says what it does not say by itself."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; FILLED: any cell of it holds something."""

    name: str
    hidden: bool
    filled: bool


def answer_in(frame: bytes) -> dict[str, Any]:
    """Return the answer that a FRAME holds; Unsound: it is none."""
    with _soundly():
        answer: dict[str, Any] = json.loads(frame, parse_constant=_no_number)
        _all_of({dict}, [answer])
        return answer


def refusal_in(answer: dict[str, Any]) -> tuple[Refusal, int]:
    """Return why the child refuses the file, and in which row (0: in none)."""
    with _soundly():
        return Refusal(answer["refused"]), _number(answer.get("row", 0))


def head_in(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the first ANSWER tells of the table, by the names of its fields."""
    with _soundly():
        head = answer["head"]
        _all_of({str}, [head["encoding"], head["sheet"]])
        _all_of({bool}, [head["epoch_1904"]])
        sheets = [Sheet(**sheet) for sheet in head["sheets"]]
        _all_of({str}, [sheet.name for sheet in sheets])
        _all_of({bool}, chain.from_iterable((sheet.hidden, sheet.filled) for sheet in sheets))
        rows = _row_numbers(head.get("unsaved_rows", []))
        columns = [bytes.fromhex(each) for each in head.get("unsaved_columns", [])]
        if not all(columns):
            raise ValueError
        return {
            "encoding": head["encoding"],
            "sheets": sheets,
            "sheet": head["sheet"],
            "hidden_rows": frozenset(_row_numbers(head.get("hidden_rows", []))),
            "hidden_columns": frozenset(_row_numbers(head.get("hidden_columns", []))),
            "unsaved": dict(zip(rows, columns, strict=True)),
            "merged": _spans(head.get("merged", [])),
            "epoch_1904": head["epoch_1904"],
            "lines": _number(head["lines"]),
        }


def rows_in(answer: dict[str, Any]) -> list[Row]:
    """Return the rows of one batch, their days put in; checked by the batch, which costs nothing."""
    with _soundly():
        if "t" in answer:
            cells = [line.split(CELL_END) for line in answer["t"].split(ROW_END)]
        else:
            cells = answer["c"]
            _all_of({list}, [cells, *cells])
            _all_of(_CELL_TYPES, chain.from_iterable(cells))
        for column, rows in answer["d"].items():
            _put_days(cells, int(column), rows)
        return list(zip(_row_numbers(answer["n"]), cells, strict=True))


def _put_days(cells: list[list[Any]], column: int, rows: list[int]) -> None:
    for row in rows:
        line = cells[row]
        day = datetime.datetime if "T" in line[column] else datetime.date
        line[column] = day.fromisoformat(line[column])


@contextmanager
def _soundly() -> Iterator[None]:
    """Have whatever goes wrong in taking an answer apart be Unsound."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise Unsound from error


def _no_number(name: str) -> float:
    raise ValueError(name)


def _all_of(types: Iterable[type], values: Iterable[Any]) -> None:
    if not set(map(type, values)) <= set(types):
        raise TypeError


def _number(value: Any) -> int:
    _all_of({int}, [value])
    if not 0 <= value <= _LAST_NUMBER:
        raise ValueError
    return int(value)


def _spans(values: Any) -> list[tuple[int, int, int]]:
    """Return VALUES, each a column (from 0), a first and a last row."""
    _all_of({list}, [values, *values])
    if any(len(span) != 3 for span in values):
        raise ValueError
    _all_of({int}, chain.from_iterable(values))
    if any(column < 0 or not 0 < first < last <= _LAST_NUMBER for column, first, last in values):
        raise ValueError
    return [(column, first, last) for column, first, last in values]


def _row_numbers(values: Any) -> Sequence[int]:
    """Return VALUES, which are whole numbers from 1 (of rows or of columns)."""
    _all_of({list}, [values])
    _all_of({int}, values)
    if values and not 0 < min(values) <= max(values) <= _LAST_NUMBER:
        raise ValueError
    numbers: Sequence[int] = values
    return numbers
