"""The printed sign-in sheet and the numbers that are typed back from it."""

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s,，、;；。./号]+")
_RANGE = re.compile(r"(\d+)(?:-|~|—|–|到|至)(\d+)")
_NOBODY = frozenset({"", "无", "没有", "全到", "都到了", "0"})


@dataclass(frozen=True)
class TypedNumbers:
    """Row numbers read from a line of text, and what could not be read, as a sentence."""

    numbers: frozenset[int]
    fault: str = ""


def parse_numbers(text: str, *, rows: int) -> TypedNumbers:
    """Read ``3 7 12``, ``３，７、12`` or ``5-8`` as row numbers of a sheet with ROWS rows.

    Nothing typed means nobody is missing.
    """
    # NFKC turns full-width digits and commas into plain ones.
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in _NOBODY:
        return TypedNumbers(frozenset())
    numbers: set[int] = set()
    unread: list[str] = []
    for word in filter(None, _SEPARATORS.split(plain)):
        read = _read(word)
        if read is None:
            unread.append(word)
        else:
            numbers.update(read if len(read) <= rows else (read.start, read.stop - 1))
    return TypedNumbers(frozenset(numbers), _fault(numbers, unread, rows))


def _read(word: str) -> range | None:
    # int() accepts any length; a row number never has more than four digits.
    if word.isdecimal() and len(word) <= 4:
        return range(int(word), int(word) + 1)
    match = _RANGE.fullmatch(word)
    if match and len(word) <= 9 and int(match[1]) <= int(match[2]):
        return range(int(match[1]), int(match[2]) + 1)
    return None


def _fault(numbers: set[int], unread: list[str], rows: int) -> str:
    if unread:
        words = "、".join(f"“{word[:10]}”" for word in unread[:5])
        return f"{words}看不懂。请只填表上的号码，中间空一格，比如：3 7 12。"
    beyond = sorted(number for number in numbers if not 1 <= number <= rows)
    if beyond:
        words = "、".join(str(number) for number in beyond[:5])
        return f"表上没有 {words} 号，这张表只有 1 到 {rows} 号。请对照签到表再看一下。"
    return ""
