"""What sheets that put people in organisations have in common: the places, held while it is written, and faults."""

from collections.abc import Sequence

from django.utils import timezone

from branches import trees
from branches.refusal import Problem
from branches.tables import Line
from core.models import User
from members.homes import hold
from members.organisations import UNKNOWN, Organisations
from members.rules import cells
from members.rules.affiliation import DISSOLVED
from members.sheets.preview import SheetRow


class PlacedSheet:
    """A sheet laid over the register for USER: ``problems`` lists every fault, ``told`` says it row by row."""

    def __init__(self, user: User) -> None:
        self.unchanged = 0
        self.problems: list[Problem] = []
        self.told: list[SheetRow] = []
        self.places = Organisations(user)
        self._today = timezone.localdate()

    def _place(
        self, line: Line, column: str, *, is_home: bool, may_be_gone: bool = False
    ) -> int | None:
        """Return the organisation that COLUMN names, where members may be; None with the fault listed.

        MAY_BE_GONE: they only leave it, so that its end does not matter.
        """
        typed = cells.plain(line.cells[column])
        if not typed:
            self._refuse(line.row, column, "blank", f"没有写{column}，请补上。")
            return None
        named = self.places.named(typed)
        if may_be_gone and len(named) == 1:
            return named[0]
        one = self.places.one_of(named, is_home=is_home)
        if isinstance(one, int):
            return one
        if one == UNKNOWN:
            self._refuse(line.row, column, "unknown", self.places.unknown(typed))
        else:
            self._refuse(line.row, column, "place", one)
        return None

    def _steady(
        self, named: Sequence[tuple[int, int | None, int]], column: str
    ) -> dict[int, int | None]:
        """Hold the branches, then the members (docs/architecture.md); return the homes as they are.

        NAMED: row, branch, member. A branch that was dissolved meanwhile is a fault in COLUMN.
        """
        standing = trees.steady_branches(branch for _, branch, _ in named if branch)
        for row, branch, _ in named:
            if branch not in standing:
                self._refuse(row, column, "place", DISSOLVED)
        return hold(member for *_, member in named)

    def _refuse(self, row: int, column: str, code: str, message: str) -> None:
        self.problems.append(Problem(row, column, code, message))
