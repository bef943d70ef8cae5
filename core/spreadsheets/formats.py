"""The formats of django-import-export, by our own reader and writer."""

import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import tablib
from import_export.formats.base_formats import Format

from core.memory import in_memory
from core.spreadsheets.errors import Refusal, RefusedFile
from core.spreadsheets.table import Unsaved, open_table
from core.spreadsheets.writer import Sink, XlsxFile, csv_chunks, plain_text

KIND_OF_FILE = "哪种文件"
MOST_ROWS = 1_048_576  # of a sheet, the headings among them


class NumberedDataset(tablib.Dataset):
    """A table that was read: ``numbers`` are those its lines have in the file, the headings first."""

    numbers: Sequence[int] = ()


class SafeTable(Format):
    """A table read in the child process with limits; subclasses say how it is written.

    Binary either way, so that the bytes of a GB18030 file reach the reader as they are.
    """

    title = ""
    words = ""  # what such a file is good for, where one is chosen
    content_type = ""

    def __init__(self, encoding: str | None = None) -> None:
        """Take ENCODING because the confirming page passes one; the reader finds it by itself."""

    def get_title(self) -> str:
        """Return the name shown in the list of formats."""
        return self.title

    def get_extension(self) -> str:
        """Return the extension of exported files."""
        return self.title.lower()

    def get_content_type(self) -> str:
        """Return the type of exported files."""
        return self.content_type

    def can_import(self) -> bool:
        """Say yes: any of the two kinds is recognised by its content."""
        return True

    def can_export(self) -> bool:
        """Say yes."""
        return True

    def write(self, stream: Sink, title: str, lines: Iterable[Iterable[Any]]) -> None:
        """Write LINES, the headings first, to STREAM as they come; TITLE names the sheet, if there is one."""
        raise NotImplementedError

    def export_data(self, dataset: tablib.Dataset, **_: Any) -> bytes:
        """Return the file of a table that is in memory."""
        stream = io.BytesIO()
        self.write(stream, dataset.title or "表", [dataset.headers or [], *dataset])
        return stream.getvalue()

    def create_dataset(self, in_stream: bytes) -> NumberedDataset:
        """Read a table whose first row holds the headings, or a title above them, as text.

        A cell whose formula has no stored result stays marked as ``Unsaved``.
        RefusedFile: it cannot be read.
        """
        with in_memory([in_stream]) as copy, open_table(copy) as table:
            rows = table.marked_rows()
        # A title is one cell above everything: the headings below it say how wide the table is.
        widths = (len(cells) for _, cells in rows if sum(map(bool, cells)) > 1)
        width = next(widths, max((len(cells) for _, cells in rows), default=0))
        padded = []
        for number, cells in rows:
            if len(cells) > width and any(cells[width:]):
                raise RefusedFile(Refusal.MORE_THAN_HEADINGS, row=number)
            filled = [*cells, *[""] * (width - len(cells))][:width]
            padded.append([c if isinstance(c, Unsaved) else plain_text(c) for c in filled])
        header, *below = padded or [[]]
        dataset = NumberedDataset(*below, headers=header)
        dataset.numbers = [number for number, _ in rows]
        return dataset


class SafeCsv(SafeTable):
    """CSV in UTF-8 with its mark; cells that would start a formula are defended."""

    title = "CSV"
    words = "文本，给别的系统用"
    content_type = "text/csv"

    def write(self, stream: Sink, title: str, lines: Iterable[Iterable[Any]]) -> None:
        """Write the lines; a CSV has no title."""
        for piece in csv_chunks(lines):
            stream.write(piece)


class SafeXlsx(SafeTable):
    """A workbook whose text cells are text."""

    title = "XLSX"
    words = "表格，能打印"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, stream: Sink, title: str, lines: Iterable[Iterable[Any]]) -> None:
        """Write a sheet named TITLE, and further ones beyond what a sheet can hold."""
        rows = iter(lines)
        headings = list(next(rows, []))
        with XlsxFile(stream) as book:
            for number in itertools.count(1):
                book.sheet(title if number == 1 else f"{title} {number}", headings)
                for row in itertools.islice(rows, MOST_ROWS - 1):
                    book.row(row)
                if (following := next(rows, None)) is None:
                    break
                rows = itertools.chain([following], rows)


FORMATS = [SafeXlsx, SafeCsv]
