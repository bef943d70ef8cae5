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


# Errors of opening what is no file, or not for who runs the command.
UNOPENED = (FileNotFoundError, IsADirectoryError, PermissionError)


def unopened(name: str, error: OSError) -> Problem:
    """Return the fault of the file called NAME that could not be opened; ERROR is one of UNOPENED."""
    if isinstance(error, PermissionError):
        message = f"没有权限读文件“{name}”，请让执行命令的用户读得到它。"
        return Problem(0, "", "forbidden", message)
    return Problem(0, "", "missing", f"没有找到文件“{name}”，请检查文件名。")


def loop_problem(lines: Iterable[int]) -> Problem:
    """Return the fault of rows that are each other's superiors, on the first of their LINES."""
    ordered = sorted(lines)
    named = "、".join(f"第{line}行" for line in ordered[:10])
    message = f"上下级绕成了圈（{named}），请改正上级代码。"
    return Problem(ordered[0], "", "loop", message)
