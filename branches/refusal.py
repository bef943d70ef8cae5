"""A file that is refused whole, with every fault found in it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Problem(NamedTuple):
    """One fault of a file: its line (0: the file itself), column, kind and what to do about it."""

    row: int
    column: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"第{self.row}行：{self.message}" if self.row else self.message


class FileRefused(ValueError):
    """A file that is not written at all, with every fault found in it.

    NAMES are those of the people whom its rows are about, as written.
    """

    def __init__(
        self, problems: Iterable[Problem], names: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        self.problems = sorted(problems)
        self.names = names
        super().__init__(f"{len(self.problems)} 处问题")


def loop_problem(lines: Iterable[int]) -> Problem:
    """Return the fault of rows that are each other's superiors, on the first of their LINES."""
    ordered = sorted(lines)
    named = "、".join(f"第{line}行" for line in ordered[:10])
    message = f"上下级绕成了圈（{named}），请改正上级代码。"
    return Problem(ordered[0], "", "loop", message)
