"""What a file of divisions means for the stored territory: ranks and faults. No queries.

A rank is an area level, or PROVINCE and CITY above it. Twelve-digit codes say their rank by their
zeros and must stand where they say; groups and grids have longer codes and are what their place is.
"""

from collections.abc import Mapping
from typing import NamedTuple

from branches import rules
from branches.divisions import Division, Divisions
from branches.enums import AreaLevel
from branches.forest import circles
from branches.refusal import Problem, loop_problem


class Stored(NamedTuple):
    """What the database knows of a code: rank and parent's code (empty for regions and districts)."""

    rank: int
    parent: str


class DivisionPlan:
    """The rows of a file laid over what is stored. ``ranks`` holds the rank of every sound row.

    ``problems`` are all of the file: those of its rows by themselves, and those of their places.
    They call the levels by their NAMES (``branches.levels``).
    """

    def __init__(
        self, file: Divisions, stored: Mapping[str, Stored], names: Mapping[int, str]
    ) -> None:
        self.names = names
        self.rows: dict[str, Division] = {}
        for row in file.rows:
            if row.code:
                self.rows.setdefault(row.code, row)
        self.stored = stored
        self.ranks: dict[str, int] = {}
        self.problems: list[Problem] = [*file.problems]
        self._misread = file.misread
        self._looped: set[str] = set()
        self._find_loops()
        for row in self.rows.values():
            self._place(row)
        self.problems.extend(filter(None, map(self._fault, file.rows)))
        self._check_those_below()

    def _find_loops(self) -> None:
        """Report each circle once, on its first line."""
        for circle in circles({code: row.parent for code, row in self.rows.items()}):
            self._looped.update(circle)
            self.problems.append(loop_problem([self.rows[code].line for code in circle]))

    def _place(self, row: Division) -> None:
        # From each row upwards to one whose rank is known, then down again: files have any order.
        way: list[Division] = []
        step: Division | None = row
        while step and step.code not in self.ranks and step.code not in self._looped:
            way.append(step)
            step = self.rows.get(step.parent)
        for each in reversed(way):
            if each.code not in self.ranks:
                self._rank(each)

    def _rank(self, row: Division) -> None:
        said = rules.rank_of_code(row.code)
        above = self._rank_above(row)
        # Below a faulty row its own word counts, so that one fault is not reported many times.
        rank = said if said is not None else above + 1 if above is not None else None
        if rank is not None:
            self.ranks[row.code] = rank

    def _rank_above(self, row: Division) -> int | None:
        if row.parent in self.rows:
            return self.ranks.get(row.parent)
        stored = self.stored.get(row.parent)
        return stored.rank if stored else None

    def _fault(self, row: Division) -> Problem | None:
        if row.code in self._looped:
            return None
        if row.parent and row.parent not in self.rows and row.parent not in self.stored:
            message = f"上级区划{row.parent}不在文件里，系统里也没有，请检查代码。"
            return Problem(row.line, "parent_code", "unknown_parent", message)
        if row.line in self._misread:
            return None  # where it should stand is not known
        said, above = rules.rank_of_code(row.code), self._rank_above(row)
        if not row.parent:
            return self._fault_at_the_top(row, said)
        if above is None:
            return None  # the parent's own fault is reported
        rank = above + 1
        if rank > AreaLevel.GRID:
            message = f"{self.names[AreaLevel.GRID]}下面不能再有下级，请检查上级区划代码。"
            return Problem(row.line, "parent_code", "too_deep", message)
        if said is not None and said != rank:
            return Problem(row.line, "parent_code", "level", self._skipped(said, above))
        if said is None and not (rank >= 1 and rules.code_fits_level(row.code, rank)):
            return Problem(row.line, "code", "level", self._misplaced(row.code, above))
        return self._prefix_fault(row, rank)

    def _fault_at_the_top(self, row: Division, said: int | None) -> Problem | None:
        if said is not None and said <= AreaLevel.DISTRICT:
            return None
        ranks = (AreaLevel.GROUP, AreaLevel.GRID) if said is None else (said,)
        name = "、".join(self.names[rank] for rank in ranks)
        message = f"{name}必须有上级，请写上级区划代码。"
        return Problem(row.line, "parent_code", "no_parent", message)

    def _prefix_fault(self, row: Division, rank: int) -> Problem | None:
        digits = {rules.CITY: 2, AreaLevel.DISTRICT: 4}.get(rank)
        if digits is None or row.code[:digits] == row.parent[:digits]:
            return None
        message = f"{self.names[rank]}代码的前{digits}位应与上级代码{row.parent}相同，请检查。"
        return Problem(row.line, "parent_code", "prefix", message)

    def _check_those_below(self) -> None:
        """Refuse what would leave stored nodes that the file does not name at a wrong level."""
        for code, stored in self.stored.items():
            row = self.rows.get(stored.parent)
            if code in self.rows or row is None or row.code not in self.ranks:
                continue
            if self.ranks[row.code] != stored.rank - 1:
                message = f"系统里它还有下级{code}，层级会不对，请把下级也写进文件。"
                self.problems.append(Problem(row.line, "parent_code", "below", message))

    def _skipped(self, said: int, above: int) -> str:
        names = self.names
        if said == rules.PROVINCE:
            return f"{names[said]}是最高一级，不应有上级，请把上级区划代码留空。"
        must = f"{names[said]}的上级必须是{names[said - 1]}"
        return f"{must}，不能是{names[above]}，请检查上级区划代码。"

    def _misplaced(self, code: str, above: int) -> str:
        if len(code) == 12:
            return f"区划代码“{code}”不对，12位代码应全是数字。"
        group, grid = self.names[AreaLevel.GROUP], self.names[AreaLevel.GRID]
        if above < AreaLevel.COMMUNITY:
            fits = f"上级应是{self.names[AreaLevel.COMMUNITY]}或{group}"
            return f"超过12位的代码是{group}或{grid}，{fits}，不能是{self.names[above]}。"
        return f"代码{code}太长，像是{grid}，上级应是{group}，不能是{self.names[above]}。"
