"""Reading an uploaded table, row by row, out of a child process with limits."""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.spreadsheets import answers, child
from core.spreadsheets.answers import Cell, Row, Sheet
from core.spreadsheets.errors import Refusal, RefusedFile
from core.spreadsheets.precheck import Limits, kind_of

__all__ = ["Cell", "Row", "Sheet", "Table", "Unsaved", "open_table"]
_MAX_FRAME = 64 * 1024 * 1024
_AHEAD = 1_048_576  # bytes: so far the child reads on while its first rows are looked at


class Unsaved(str):
    """A cell that reads as empty: the file does not keep what its formula came to, or that is an error."""

    __slots__ = ()


@dataclass
class Table:
    """One uploaded table: what it is, and its rows, once.

    ``kind`` is "csv" or "xlsx"; ``encoding`` of a CSV is "utf-8" or "gb18030"; ``sheets`` are all sheets of a
    workbook, ``sheet`` the one that is read (the asked one, else the first visible one with
    cells). Hidden rows are read like the others and reported by number in ``hidden_rows``.
    ``unsaved`` are, by row, the columns (from 0) with a formula whose result the file does not keep,
    or is an error (#N/A): such a cell reads as empty, and a row of nothing else is left out.
    ``merged`` is what is merged over several rows: its first column (from 0), first and last
    row; what stands in the first is in the others too.
    ``epoch_1904``: the workbook counts its days from 1904; day numbers in cells mean that.
    ``lines``: about how many lines there are, empty ones included; 0 where nobody knows before.
    """

    name: str
    kind: str
    encoding: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    sheet: str = ""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unsaved: Mapping[int, Sequence[int]] = field(default_factory=dict)
    merged: Sequence[tuple[int, int, int]] = ()
    epoch_1904: bool = False
    lines: int = 0
    _rows: Iterator[Row] = field(default_factory=lambda: iter(()), repr=False)

    def rows(self) -> Iterator[Row]:
        """Yield (number of the row in the file, from 1; its cells). Empty rows and empty ends are left out.

        A cell is str, int, float, bool, date or datetime; a whole number beyond 2**53 stays a float.
        RefusedFile: the file turned out too long, too wide or broken on the way.
        """
        yield from self._rows

    def marked_rows(self) -> list[Row]:
        """Return all rows, each cell of ``unsaved`` as such, also in rows of nothing else.

        Those share their cells where they are alike: a formula may be pulled down a million rows.
        """
        rows = dict(self.rows())
        alike: dict[tuple[int, ...], list[Cell]] = {}
        mark = Unsaved()
        for number, columns in self.unsaved.items():
            cells = rows.setdefault(number, alike.setdefault(tuple(columns), []))
            cells += [""] * (max(columns) + 1 - len(cells))
            for column in columns:
                cells[column] = mark
        return sorted(rows.items())


@contextmanager
def open_table(
    source: Path | str | int,
    *,
    content_name: str = "",
    sheet: str = "",
    keep_ends: bool = False,
    limits: Limits | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Iterator[Table]:
    """Open an uploaded file for reading, by its content; CONTENT_NAME is only kept to be shown.

    SOURCE is a path or an open file's number, which the child process gets as well.
    SHEET picks a sheet by name. KEEP_ENDS: the rows of a CSV keep their empty ends, so that a row
    that is cut short can be told from one that ends in blanks (a workbook knows no such thing).
    MEANWHILE is called while the child process begins: what it does there takes no time of its own.
    RefusedFile: it is no table that can be read, with a Chinese
    sentence that says what to do. The child process ends with the block.
    """
    limits = limits or Limits.of_settings()
    kind = kind_of(_path_of(source), limits)
    limits = limits.of_kind(kind)
    with _Reading(source, kind, sheet, limits, keep_ends=keep_ends, meanwhile=meanwhile) as reading:
        yield Table(name=content_name, kind=kind, **reading.head, _rows=reading.rows())


def _path_of(source: Path | str | int) -> Path:
    """Return the path of SOURCE: an open file has one in each process that holds it."""
    return Path(f"/proc/self/fd/{source}" if isinstance(source, int) else source)


class _Died(Exception):
    """The child ended without a word, or speaks nonsense: the file broke it."""


class _Reading:
    """The child processes of one open file: the quick parser, and the frugal one if that dies."""

    def __init__(
        self,
        source: Path | str | int,
        kind: str,
        sheet: str,
        limits: Limits,
        *,
        keep_ends: bool,
        meanwhile: Callable[[], object] | None,
    ) -> None:
        self.source, self.kind, self.sheet, self.limits = source, kind, sheet, limits
        self.keep_ends = keep_ends
        self.meanwhile = meanwhile
        self.process: subprocess.Popen[bytes] | None = None
        self.head: dict[str, Any] = {}
        self.patience = 0.0

    def __enter__(self) -> "_Reading":
        try:
            self.head = self._begin("calamine")
        except _Died as died:
            self._end()
            if self.kind == "csv":
                raise self.limits.refuse(Refusal.BROKEN) from died
            self.head = self._begin_sparse()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def rows(self) -> Iterator[Row]:
        """Yield the rows until the end; RefusedFile when the child refuses or dies."""
        left = self.limits.rows
        while True:
            try:
                frame = self._frame()
                if "end" in frame:
                    return
                rows = answers.rows_in(frame)
            except (_Died, answers.Unsound) as died:
                raise self.limits.refuse(Refusal.BROKEN) from died
            left -= len(rows)
            if left < 0:
                raise self.limits.refuse(Refusal.TOO_MANY_ROWS)
            yield from rows

    def _begin_sparse(self) -> dict[str, Any]:
        try:
            return self._begin("openpyxl")
        except _Died as died:
            self._end()
            raise self.limits.refuse(Refusal.BROKEN) from died
        except RefusedFile:
            self._end()
            raise

    def _begin(self, engine: str) -> dict[str, Any]:
        limits = self.limits
        order = {
            "path": str(_path_of(self.source)),
            "kind": self.kind,
            "sheet": self.sheet,
            "ends": self.keep_ends,
            "engine": engine,
            "rows": limits.rows if engine == "calamine" else limits.sparse_rows,
            "columns": limits.columns,
            "told_rows": limits.told_rows,
            "sheets": limits.entries,
            "memory": limits.memory_bytes,
            "seconds": limits.cpu_seconds,
        }
        self.patience = limits.wall_seconds
        self.process = subprocess.Popen(  # noqa: S603 -- our own program; the order is one JSON argument
            [sys.executable, "-I", child.__file__, json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote a row, and rows are people
            env={"LC_ALL": "C.UTF-8"},
            close_fds=True,
            pass_fds=(self.source,) if isinstance(self.source, int) else (),
        )
        if self.process.stdout is not None:
            with suppress(OSError):  # a user's pipes are limited: then it takes more turns
                fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, _AHEAD)
        if self.meanwhile is not None:
            self.meanwhile()
        try:
            return answers.head_in(self._frame())
        except answers.Unsound as unsound:
            raise _Died from unsound

    def _frame(self) -> dict[str, Any]:
        length = struct.unpack(">I", self._exactly(4))[0]
        if length > _MAX_FRAME:
            raise _Died
        frame = answers.answer_in(self._exactly(length))
        if "refused" in frame:
            code, row = answers.refusal_in(frame)
            raise self.limits.refuse(code, row=row)
        return frame

    def _exactly(self, count: int) -> bytes:
        """Read COUNT bytes; only the time spent waiting for the child counts against the limit."""
        parts: list[bytes] = []
        pipe = self.process.stdout if self.process else None
        if pipe is None:
            raise _Died
        handle = pipe.fileno()
        while count:
            began = time.monotonic()
            if not select.select([handle], [], [], max(0, self.patience))[0]:
                raise self.limits.refuse(Refusal.TOO_SLOW)
            part = os.read(handle, min(count, 1_048_576))
            self.patience -= time.monotonic() - began
            if not part:
                raise self._ended()
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _ended(self) -> Exception:
        code = self.process.wait() if self.process else 0
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            return self.limits.refuse(Refusal.TOO_SLOW)
        return _Died()

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None
