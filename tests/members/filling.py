"""Blank tables filled in as people do: below the example, every cell as text."""

from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook


def fill(path: Path, title: str, *people: Mapping[str, str]) -> None:
    """Write PEOPLE (cells by heading) into the sheet TITLE of the workbook at PATH."""
    book = load_workbook(path)
    sheet = book[title]
    heading = [cell.value for cell in sheet[1]]
    for person in people:
        sheet.append([None] * len(heading))
        for place, name in enumerate(heading, 1):
            cell = sheet.cell(sheet.max_row, place)
            cell.value, cell.data_type = person.get(name, ""), "s"
    book.save(path)
