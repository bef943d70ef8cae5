"""What checks of sheets about people told, on record."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import wraps
from typing import NamedTuple, ParamSpec, cast

from branches.refusal import FileRefused, Problem
from core import audit
from core.models import User
from members.models import LinkBatch
from members.roster.territory import territory_held
from members.sheets.people import GUESSED, nobody_in
from members.sheets.preview import SheetRow

ACT = "核对表格"
P = ParamSpec("P")


class Look(Enum):
    """Looking what a sheet would do: nothing is written. AGAIN turns the pages of one that was checked."""

    FIRST = auto()
    AGAIN = auto()


class SheetImport(NamedTuple):
    """What a sheet did: counts by word, what was taken otherwise than written, by row, and each row.

    BATCH is what it is kept as, where it is and anything was written.
    """

    counts: dict[str, int]
    notes: list[Problem]
    rows: Sequence[SheetRow] = ()
    batch: LinkBatch | None = None


def on_record(act: Callable[P, SheetImport]) -> Callable[P, SheetImport]:
    """Put each check of a sheet by ACT into the trail: who, how many rows, how many were nobody.

    A sheet is checked once, however many of its pages are looked at, unless it is refused then.
    What is refused is rolled back with its act; therefore the record is made after it. A sheet that
    is written has the record of what it did.
    """

    @wraps(act)
    def recorded(*args: P.args, **given: P.kwargs) -> SheetImport:
        by = cast("User", given["by"])
        try:
            done = act(*args, **given)
        except FileRefused as refused:
            if refused.names:  # else it was no sheet about people, and nobody was looked for
                _record(by, len(refused.names), refused.problems)
            raise
        if given.get("look") is Look.FIRST:
            _record(by, done.counts["rows"], [])
        return done

    return recorded


def _record(by: User, rows: int, problems: Sequence[Problem]) -> None:
    guesses = [each.message for each in problems if each.code == GUESSED]
    said = (
        f"{rows}行。{guesses[0]}"
        if guesses
        else f"{rows}行，其中{nobody_in(problems)}行没有找到人。"
    )
    audit.record(by=by, act=ACT, area_path=territory_held(by), note=said)
