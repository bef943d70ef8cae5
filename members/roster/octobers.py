"""Of which rows a month written 1998.1 is October: spreadsheet programs make it of 1998.10.

It is read as January and asked about. Whoever looks says of which rows it is not so, by their
numbers or of all, and the file is read again: nobody has to mend and upload it.
"""

import re
from collections.abc import Container
from typing import Any

from django.core.exceptions import ValidationError

from members.models import RosterBatch, RosterRow

CODE = "DATE_JANUARY"
ALL = "全部"
LONGEST = 2_000  # characters typed: enough for some three hundred rows
_EVERY = range(1, 10_000_000)  # more rows than any file may have
_EVERYTHING = frozenset({ALL, "都是", "all"})
_NUMBER = re.compile(r"第?(\d{1,7})行?", re.ASCII)
_DIVIDERS = re.compile(r"[、，,;；\s]+")


def read(typed: str) -> list[Any]:
    """Return what ``RosterBatch.octobers`` keeps of what was TYPED: row numbers, or 全部 alone.

    ValidationError: neither, or too many to be meant.
    """
    if len(typed) > LONGEST:
        raise ValidationError(
            f"行号写得太多，一次最多{LONGEST}个字。都是10月，写“全部”；不都是的，请在表格里改好再上传。"
        )
    words = [word for word in _DIVIDERS.split(typed) if word]
    if _EVERYTHING.intersection(words):
        return [ALL]
    found = [_NUMBER.fullmatch(word) for word in words]
    if None in found:
        raise ValidationError("行号请写数字，用顿号或逗号隔开，如 3、8；都是10月，写“全部”。")
    return sorted({int(number[1]) for number in found if number})


def rows_of(kept: list[Any]) -> Container[int]:
    """Return the rows that KEPT means."""
    return _EVERY if ALL in kept else frozenset(kept)


def in_words(kept: list[Any]) -> str:
    """Return KEPT as it is typed: 3、8."""
    return "、".join(map(str, kept))


def require_asked(batch: RosterBatch, wanted: list[Any]) -> None:
    """ValidationError: one of the rows WANTED has no month that may have been October.

    Once all are read as October no row asks any more, so any may be named.
    """
    if ALL in batch.octobers:
        return
    named = {row for row in wanted if row != ALL}.difference(batch.octobers)
    rows = RosterRow.objects.filter(batch=batch, row__in=named, problems__contains=f'"{CODE}"')
    if strange := sorted(named.difference(rows.values_list("row", flat=True))):
        listed = "、".join(map(str, strange[:10]))
        raise ValidationError(
            f"第{listed}行没有末尾写成 .1 的年月。请照这项提醒列出的行号写（网页上按“看这几行”）。"
        )
