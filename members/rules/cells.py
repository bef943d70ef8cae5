"""What stands in one cell or input, before it becomes a name, a date or a number."""

import re

from core import text

# Written where people mean "nothing" (security §5a 33).
BLANKS = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "空", "null", "none", "nan", "n/a", "#n/a"})  # fmt: skip


_TIDY = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]{5,}").fullmatch


def plain(cell: object) -> str:
    """Return the cleaned text of CELL; whole floats lose their ``.0``, words for nothing are empty."""
    if cell is None:
        return ""
    if isinstance(cell, str) and is_tidy(cell):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    value = cell if isinstance(cell, str) else str(cell)
    value = value.strip() if value.isascii() and value.isprintable() else text.clean(value)
    return "" if value.casefold() in BLANKS else value


def is_tidy(value: str) -> bool:
    """Return whether VALUE, as most texts, has nothing to mend and is no word for nothing."""
    return _TIDY(value) is not None


def damage(cell: object) -> str | None:
    """Return the code of what makes CELL unfit to store, or None (security §5a 23, 25)."""
    if not isinstance(cell, str) or cell.isascii():
        return "TEXT_NUL" if isinstance(cell, str) and "\0" in cell else None
    if "\0" in cell:
        return "TEXT_NUL"
    try:
        cell.encode()
    except UnicodeEncodeError:  # only lone surrogates have no encoding
        return "TEXT_SURROGATE"
    return None
