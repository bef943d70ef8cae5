"""The formats of django-import-export, by our own reader and writer."""

import io
import tempfile
from typing import Any

import tablib
from import_export.formats.base_formats import Format

from core.spreadsheets.errors import Refusal, RefusedFile
from core.spreadsheets.table import open_table
from core.spreadsheets.writer import XlsxFile, csv_chunks, plain_text


class SafeTable(Format):
    """A table read in the child process with limits; subclasses say how it is written.

    Binary either way, so that the bytes of a GB18030 file reach the reader as they are.
    """

    title = ""
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

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """Read a table whose first row holds the headings, or a title above them.

        RefusedFile: it cannot be read.
        """
        with tempfile.NamedTemporaryFile() as copy:
            copy.write(in_stream)
            copy.flush()
            with open_table(copy.name) as table:
                rows = list(table.rows())
        # A title is one cell above everything: the headings below it say how wide the table is.
        widths = (len(cells) for _, cells in rows if sum(map(bool, cells)) > 1)
        width = next(widths, max((len(cells) for _, cells in rows), default=0))
        padded = []
        for number, cells in rows:
            if len(cells) > width and any(cells[width:]):
                raise RefusedFile(Refusal.MORE_THAN_HEADINGS, row=number)
            filled = [*cells, *[""] * (width - len(cells))][:width]
            padded.append([plain_text(cell) for cell in filled])
        header, *below = padded or [[]]
        return tablib.Dataset(*below, headers=header)


class SafeCsv(SafeTable):
    """CSV in UTF-8 with its mark; cells that would start a formula are defended."""

    title = "CSV"
    content_type = "text/csv"

    def export_data(self, dataset: tablib.Dataset, **_: Any) -> bytes:
        """Return the file."""
        return b"".join(csv_chunks([dataset.headers or [], *dataset]))


class SafeXlsx(SafeTable):
    """A workbook whose text cells are text."""

    title = "XLSX"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def export_data(self, dataset: tablib.Dataset, **_: Any) -> bytes:
        """Return the file."""
        stream = io.BytesIO()
        with XlsxFile(stream) as book:
            book.sheet(dataset.title or "表", dataset.headers or [])
            for row in dataset:
                book.row(row)
        return stream.getvalue()


FORMATS = [SafeXlsx, SafeCsv]
