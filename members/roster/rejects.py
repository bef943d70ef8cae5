"""The rejected rows as a workbook: the user's own columns, and in front why (house §5)."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from core.spreadsheets import RefusedFile, XlsxFile
from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.roster.reporting import findings_of, layout_of
from members.roster.runs import open_file

_IN_MEMORY = 2_000_000
LEAD = ("工作表", "原行号", "退回原因")
_WIDTHS = (12, 8, 40)
_TITLE = "退回的行"
_LONGEST = 60  # of a roster's name in the workbook's


def write_rejected(batch: RosterBatch, stream: IO[bytes]) -> int:
    """Write the rejected rows of BATCH to STREAM as XLSX and return how many there are.

    The columns in front are not known to the importer, so that a mended workbook can be
    uploaded as it is; rows that come back once more get theirs anew.
    """
    layout = layout_of(batch)
    own = _lead_of(layout.headings)
    rejected = RosterRow.objects.filter(batch=batch, state=RosterRowState.REJECTED).order_by("row")
    lost = set(rejected.filter(cells__isnull=True).values_list("row", flat=True))
    cells_of = dict(_reread(batch, lost)) if lost else {}
    count = 0
    with XlsxFile(stream) as book:
        book.sheet(_TITLE, [*LEAD, *layout.headings[own:]], _WIDTHS)
        for row in rejected.only("row", "cells", "problems").iterator():
            reasons = "\n".join(
                f"{found.column}：{found.told}" if found.column else found.told
                for found in findings_of(layout, row.row, row.problems)
                if found.severity == "E"
            )
            cells = json.loads(row.cells) if row.cells else cells_of.get(row.row, [])
            book.row([batch.sheet, row.row, reasons, *cells[own:]])
            count += 1
    return count


def _lead_of(headings: Sequence[str]) -> int:
    """Return how many columns in front this portal wrote; a first column of that name may be one's own.

    Workbooks of before had no 工作表.
    """
    return next((len(lead) for lead in (LEAD, LEAD[1:]) if tuple(headings[: len(lead)]) == lead), 0)


def workbook_name(batch: RosterBatch) -> str:
    """Return 退回的行-花名册.xlsx for 花名册.csv, also where that is itself of rejected rows.

    Long numbers were hidden from the roster's name when it was kept.
    """
    roster = Path(batch.file_name).stem.removeprefix(f"{_TITLE}-")
    return f"{_TITLE}-{roster[:_LONGEST]}.xlsx"


def rejected_workbook(batch: RosterBatch) -> IO[bytes]:
    """Return the workbook of the rejected rows as a stream at its beginning; large ones go to disk."""
    stream = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    write_rejected(batch, stream)
    stream.seek(0)
    return stream


def _reread(batch: RosterBatch, rows: set[int]) -> Iterator[tuple[int, list[Any]]]:
    """Yield the cells of ROWS from the file: rows refused only when they were to be written.

    None where the file is gone: number and reason of a row are there without it.
    """
    with contextlib.suppress(RefusedFile), open_file(batch) as table:
        for number, cells in table.rows():
            if number in rows:
                yield number, cells
