"""Blank tables to fill in: text cells, lists to choose from, an example that is left out, and how to fill it.

What is filled into them comes in as it stands: cells of text keep the digits of a number and the
zero of a month (peers §3 no. 7).
"""

from collections.abc import Sequence
from io import BytesIO
from typing import IO, NamedTuple

from .writer import Choices, XlsxFile

# How the name in the example begins; readers pass such a row over.
EXAMPLE = "示例："
GUIDE = "填写说明"
_LISTS = "选项"
_ROWS = 5_000  # as many rows have the lists
_WIDTH, _WIDE = 14, 24


class BlankColumn(NamedTuple):
    """A column to fill in: its heading, the example's cell, how it is filled, WORDS to choose from."""

    heading: str
    example: str
    hint: str
    words: Sequence[str] = ()
    is_wide: bool = False


def blank_table(title: str, columns: Sequence[BlankColumn]) -> IO[bytes]:
    """Return a workbook with the sheet TITLE of COLUMNS, the example below its head, and the guide."""
    lists = [each for each in columns if each.words]
    stream = BytesIO()
    with XlsxFile(stream) as book:
        book.sheet(
            title,
            [column.heading for column in columns],
            [_WIDE if column.is_wide else _WIDTH for column in columns],
            text_columns=True,
            choices={
                columns.index(each): Choices(_LISTS, place, len(each.words), rows=_ROWS)
                for place, each in enumerate(lists)
            },
        )
        book.row([column.example for column in columns])
        book.sheet(GUIDE, ["栏目", "怎样填"], (16, 40))
        book.row(["第2行", "这一行是示例，不会导入，不用删；从第3行起填。"])
        for column in columns:
            book.row([column.heading, column.hint])
        book.sheet(_LISTS, [each.heading for each in lists], is_hidden=True)
        for row in range(max((len(each.words) for each in lists), default=0)):
            book.row([each.words[row] if row < len(each.words) else "" for each in lists])
    stream.seek(0)
    return stream
