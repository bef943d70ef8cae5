"""What a file is, by its content and before it is unpacked (security §5a.76-82)."""

import re
import zipfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from core.spreadsheets.errors import Refusal, RefusedFile

_HEAD = 4096
_PIECE = 1_048_576
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"MZ", b"\x7fELF", b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<script")
_SELDOM = 20  # one character in so many may be none that rosters have
_OF_A_ROSTER = re.compile(r"[\t\r\n -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_PACKED_BY_DEFAULT = 1_000_000  # a small member may compress well without being a bomb


@dataclass(frozen=True)
class Limits:
    """How large an uploaded table may be: bytes, rows, columns, seconds.

    A CSV streams, so it may be larger than a workbook, which its parser holds whole.
    """

    file_bytes: int
    csv_bytes: int
    csv_rows: int
    unpacked_bytes: int
    ratio: int
    entries: int
    rows: int
    sparse_rows: int
    told_rows: int
    columns: int
    memory_bytes: int
    cpu_seconds: int
    wall_seconds: int

    @classmethod
    def of_settings(cls) -> "Limits":
        """Return the limits of this installation."""
        limits: dict[str, Any] = settings.SPREADSHEET_LIMITS
        return cls(**limits)

    def of_kind(self, kind: str) -> "Limits":
        """Return the limits of a file of KIND."""
        if kind != "csv":
            return self
        return replace(self, file_bytes=self.csv_bytes, rows=self.csv_rows)

    def refuse(self, code: str, row: int = 0) -> RefusedFile:
        """Return the refusal for CODE with these limits in its sentence."""
        return RefusedFile(
            Refusal(code),
            row=row,
            rows=self.rows,
            columns=self.columns,
            megabytes=self.file_bytes // 1_048_576,
        )


def kind_of(path: Path, limits: Limits) -> str:
    """Return "csv" or "xlsx"; raise RefusedFile for anything else, without unpacking it."""
    size = path.stat().st_size
    if size == 0:
        raise limits.refuse(Refusal.EMPTY)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = "xlsx" if head.startswith(b"PK\x03\x04") else "csv"
    limits = limits.of_kind(kind)
    if size > limits.file_bytes:
        raise limits.refuse(Refusal.TOO_BIG)
    if kind == "xlsx":
        _check_archive(path, limits)
        return kind
    if head.startswith(_OLE):
        raise limits.refuse(Refusal.OLD_OR_LOCKED)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise limits.refuse(Refusal.UTF16)
    if head.startswith(_FOREIGN) or head.lstrip().lower().startswith(_MARKUP):
        raise limits.refuse(Refusal.NOT_A_TABLE)
    if _has_zero_byte(path):
        raise limits.refuse(Refusal.UTF16 if _is_unmarked_utf16(head) else Refusal.NOT_A_TABLE)
    return kind


def _is_unmarked_utf16(head: bytes) -> bool:
    """Return whether HEAD reads as lines of Chinese, letters and figures in UTF-16, whose mark is missing."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head.decode(encoding, errors="replace")
        if "\n" in text and len(_OF_A_ROSTER.findall(text)) * _SELDOM > len(text) * (_SELDOM - 1):
            return True
    return False


def _has_zero_byte(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b"\0" in piece for piece in iter(partial(stream.read, _PIECE), b""))


def _check_archive(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise limits.refuse(Refusal.BROKEN) from error
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise limits.refuse(Refusal.NOT_A_TABLE)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise limits.refuse(Refusal.MACROS)
    if any(member.flag_bits & 1 for member in members):
        raise limits.refuse(Refusal.OLD_OR_LOCKED)
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > _PACKED_BY_DEFAULT
        and member.file_size > limits.ratio * max(1, member.compress_size)
        for member in members
    )
    if len(members) > limits.entries or unpacked > limits.unpacked_bytes or swollen:
        raise limits.refuse(Refusal.BOMB)
