"""Makers of honest and hostile files."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.spreadsheets import Limits, RefusedFile, open_table

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(
    path: Path,
    body: str,
    *,
    book: str = "",
    extra: dict[str, bytes] | None = None,
    doctype: str = "",
) -> Path:
    """Write a workbook of one sheet 名册 with BODY as its sheetData; EXTRA members, a DOCTYPE."""
    relations = f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'{relations}Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{doctype}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'{book}<sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{relations}Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return path


def cell(place: str, text: str) -> str:
    """Return one text cell."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def limits(**changed: int) -> Limits:
    """Return the limits of this installation but for those CHANGED."""
    return replace(Limits.of_settings(), **changed)


def read(path: Path, **options: Any) -> list[Any]:
    """Return the rows of PATH."""
    with open_table(path, **options) as table:
        return list(table.rows())


def refused(path: Path, **options: Any) -> RefusedFile:
    """Return the refusal of PATH, wherever in reading it comes."""
    with pytest.raises(RefusedFile) as caught:
        read(path, **options)
    return caught.value


def rows_or_refusal(path: Path) -> str:
    """Return what comes out of PATH as text; anything but rows or a refusal is a failure."""
    try:
        return str(read(path))
    except RefusedFile as refusal:
        return refusal.message
