"""The rejected rows as a workbook: the user's own columns, and in front why (house §5)."""

import json
from collections.abc import Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from core.spreadsheets import XlsxFile
from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.roster.columns import BY_FIELD
from members.roster.reporting import findings_of, layout_of
from members.roster.runs import open_file

_IN_MEMORY = 2_000_000
_TEMPLATE = [
    "name",
    "id_number",
    "branch",
    "branch_code",
    "gender",
    "ethnicity",
    "birth_date",
    "member_kind",
    "join_date",
    "full_date",
    "person_kind",
    "work_start",
    "retire_date",
    "former_unit",
    "former_post",
    "rank",
    "education",
    "phone",
    "phone2",
    "address",
    "community",
    "activity_orgs",
    "emergency_name",
    "emergency_phone",
    "emergency_relation",
    "remark",
]
_HINTS = {
    "name": "必填，与身份证一致。",
    "id_number": "必填，18位。这一列请先设为文本再填写。",
    "branch": "支部名称和支部代码填一样就行；上传时选定了支部的可以都不填。",
    "branch_code": "支部名称和支部代码填一样就行。",
    "gender": "可不填，按身份证算。",
    "birth_date": "可不填，按身份证算；档案日期不同的请填档案日期。",
    "member_kind": "正式党员 或 预备党员。",
    "join_date": "如 1975-06-12，只知年月就写 1975-06。",
    "person_kind": "离休干部、退休干部、企业退休、退职、其他。",
    "phone": "手机，或带区号的固定电话。",
    "community": "社区名称或12位代码。",
    "activity_orgs": "就近参加活动的党支部，名称或代码；有几个的用顿号隔开。",
}
LEAD = ("原行号", "退回原因")
_WIDTHS = (8, 40)


def write_rejected(batch: RosterBatch, stream: IO[bytes]) -> int:
    """Write the rejected rows of BATCH to STREAM as XLSX and return how many there are.

    The two columns in front are not known to the importer, so that a mended workbook can be
    uploaded as it is.
    """
    layout = layout_of(batch)
    rejected = RosterRow.objects.filter(batch=batch, state=RosterRowState.REJECTED).order_by("row")
    lost = set(rejected.filter(cells__isnull=True).values_list("row", flat=True))
    cells_of = dict(_reread(batch, lost)) if lost else {}
    count = 0
    with XlsxFile(stream) as book:
        book.sheet("退回的行", [*LEAD, *layout.headings], _WIDTHS)
        for row in rejected.only("row", "cells", "problems").iterator():
            reasons = "\n".join(
                f"{found.column}：{found.message}" if found.column else found.message
                for found in findings_of(layout, row.row, row.problems)
                if found.severity == "E"
            )
            cells = json.loads(row.cells) if row.cells else cells_of.get(row.row, [])
            book.row([row.row, reasons, *cells])
            count += 1
    return count


def rejected_workbook(batch: RosterBatch) -> IO[bytes]:
    """Return the workbook of the rejected rows as a stream at its beginning; large ones go to disk."""
    stream = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    write_rejected(batch, stream)
    stream.seek(0)
    return stream


def template() -> IO[bytes]:
    """Return the blank template as a stream: the standard headings, and how each is filled."""
    columns = [BY_FIELD[name] for name in _TEMPLATE]
    stream = BytesIO()
    with XlsxFile(stream) as book:
        book.sheet("党员名册", [column.heading for column in columns])
        book.sheet("填写说明", ["栏目", "怎样填"], (16, 40))
        for column in columns:
            book.row([column.heading, _HINTS.get(column.field, "可不填。")])
    stream.seek(0)
    return stream


def _reread(batch: RosterBatch, rows: set[int]) -> Iterator[tuple[int, list[Any]]]:
    """Yield the cells of ROWS from the file: rows refused only when they were to be written."""
    with open_file(batch) as table:
        for number, cells in table.rows():
            if number in rows:
                yield number, cells
