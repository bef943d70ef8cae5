"""``manage.py import_links FILE --by USER``: managing links from a sheet (SYS-04, SYS-05)."""

from typing import Any, ClassVar

from core.models import User
from core.spreadsheets import Row
from members.actions import Look, SheetImport, import_links
from members.management.sheets import SheetCommand
from members.sheets.links import COLUMNS


class Command(SheetCommand):
    """Begin the managing links of a sheet; the same sheet again changes nothing."""

    help = (
        f"登记活动组织（CSV或XLSX；列：{'、'.join(column.heading for column in COLUMNS)}；"
        "证件号码和党员编号有一项就行）。有一处错就整份不登记。"
    )
    words: ClassVar[dict[str, str]] = {"rows": "行数", "created": "新登记", "unchanged": "已有"}

    def load(self, by: User, rows: list[Row], options: dict[str, Any]) -> SheetImport:
        """Begin the links."""
        look = Look.FIRST if options["dry_run"] else None
        return import_links(by=by, rows=rows, file_name=options["file"].name, look=look)
