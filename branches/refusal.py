"""A file that is refused whole, with every fault found in it."""

import errno
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from core.trouble import is_exhausted


class ChangedMeanwhile(ValidationError):
    """What is to be written is no longer as the writer found it: somebody else has written there."""


def refuse_changed(
    stored: Mapping[str, Any], seen: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """Raise ChangedMeanwhile where a column STORED is neither as its writer has SEEN nor as GIVEN (F17)."""
    words = "刚才有人改过这里，您的还没有保存。"
    if moved_on := [name for name in seen if stored[name] not in (seen[name], given[name])]:
        raise ChangedMeanwhile(dict.fromkeys(moved_on, words))


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


_NO_FILE = (errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG)


def require_file(path: Path) -> None:
    """Raise FileRefused unless PATH is a file that can be opened; a pipe would never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefused([_missing(path)])
        path.open("rb").close()
    except OSError as error:
        raise FileRefused([_fault(path, error)]) from None


def _fault(path: Path, error: OSError) -> Problem:
    if isinstance(error, PermissionError):
        message = f"没有权限读文件“{path}”，请让执行命令的用户读得到它。"
        return Problem(0, "", "forbidden", message)
    return _missing(path) if error.errno in _NO_FILE else _unreadable()


def not_readable(error: Exception) -> FileRefused:
    """Return the refusal of a file that is there, but cannot be read.

    ERROR is raised again where it is the machine that is at its end: the file may be sound.
    """
    if is_exhausted(error):
        raise error
    return FileRefused([_unreadable()])


def _unreadable() -> Problem:
    return Problem(0, "", "unreadable", "文件打不开或已损坏，请重新取一份。")


def _missing(path: Path) -> Problem:
    return Problem(0, "", "missing", f"没有找到文件“{path}”，请检查路径和文件名。")


def loop_problem(lines: Iterable[int]) -> Problem:
    """Return the fault of rows that are each other's superiors, on the first of their LINES."""
    ordered = sorted(lines)
    named = "、".join(f"第{line}行" for line in ordered[:10])
    message = f"上下级绕成了圈（{named}），请改正上级代码。"
    return Problem(ordered[0], "", "loop", message)
