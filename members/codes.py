"""Columns that hold several codes, or words where no code fits: 特长, 困难情况, 学位."""

import re

from core import text
from core.codes import CodeBook

# Column and code table (domain §3.1, §3.2); stored as codes joined by commas, words kept as typed.
SEVERAL = {"skills": "skills", "hardship": "hardship", "degree": "degree"}
_DIVIDERS = re.compile(r"[,，、;；/\s]+")


def pack(book: CodeBook, table: str, typed: str) -> str:
    """Return what is stored for TYPED: 书法、太极拳 becomes 08,太极拳."""
    parts = filter(None, _DIVIDERS.split(text.clean(typed)))
    return ",".join(dict.fromkeys(book.code(table, part) or part for part in parts))


def unpack(book: CodeBook, table: str, stored: str) -> str:
    """Return STORED in words: 08,太极拳 becomes 书法、太极拳."""
    return "、".join(book.name(table, part) for part in _DIVIDERS.split(stored) if part)
