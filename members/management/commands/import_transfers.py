"""``manage.py import_transfers FILE --by USER …``: a whole-batch transfer from a sheet (SYS-15)."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, ClassVar

from core.models import User
from core.parameters import Parameters
from core.spreadsheets import Row
from members.actions import HandOver, Look, SheetImport, import_transfers, receive_transfers
from members.management.sheets import SheetCommand
from members.models import Transfer
from members.rules import dates
from members.rules.transfer import Letter
from members.sheets.transfers import COLUMNS, VALID_DAYS


class Command(SheetCommand):
    """Put on the way whom a sheet names; the same sheet again changes nothing."""

    help = (
        f"登记整建制转接（CSV或XLSX；列：{'、'.join(column.heading for column in COLUMNS)}；"
        "证件号码和党员编号有一项就行，介绍信各列可以没有）。有一处错就整份不登记。"
    )
    words: ClassVar[dict[str, str]] = {
        "rows": "行数",
        "created": "新登记",
        "unchanged": "已有",
        "received": "已接收",
        "listed": "名单共有",
        "handed_over": "移交人数",
    }

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what stands in the agreement and in the letter besides."""
        super().add_arguments(parser)
        parser.add_argument("--unit", required=True, metavar="单位", help="移交单位")
        parser.add_argument("--agreement", required=True, metavar="文件名", help="移交协议或文件")
        parser.add_argument(
            "--handed-over-on", required=True, type=_day, metavar="日期", help="移交日期"
        )
        parser.add_argument(
            "--handed-over", required=True, type=int, metavar="人数", help="移交人数"
        )
        parser.add_argument("--letter", required=True, metavar="编号", help="介绍信编号")
        parser.add_argument(
            "--issued-on", required=True, type=_day, metavar="日期", help="介绍信开具日期"
        )
        parser.add_argument(
            "--valid-days", type=int, metavar="天数", help="介绍信有效天数；不写就按参数"
        )
        parser.add_argument(
            "--receive", action="store_true", help="登记以后就按名单上的转接日期全部接收"
        )

    def load(self, by: User, rows: list[Row], options: dict[str, Any]) -> SheetImport:
        """Put them on the way, and receive them where that is asked for."""
        agreed = HandOver(
            unit=options["unit"].strip(),
            agreement=options["agreement"].strip(),
            handed_over_on=options["handed_over_on"],
            handed_over=options["handed_over"],
        )
        days = options["valid_days"] or Parameters(VALID_DAYS).number(VALID_DAYS)
        letter = Letter(options["letter"].strip(), options["issued_on"], days)
        look = Look.FIRST if options["dry_run"] else None
        done = import_transfers(by=by, rows=rows, agreed=agreed, letter=letter, look=look)
        received = 0
        if options["receive"] and look is None:
            ours = Transfer.objects.editable_by(by).filter(
                batch__unit=agreed.unit, batch__agreement=agreed.agreement
            )
            answer = receive_transfers(by=by, transfers=ours)
            received = answer.number
            self.stderr.write(answer.sentence())
        return SheetImport(done.counts | {"received": received}, done.notes)


def _day(typed: str) -> dt.date:
    read = dates.read(typed)
    if read.value is None or read.month_only:
        raise ArgumentTypeError(f"日期“{typed}”看不明白，请写成 2026-08-01 的样子。")
    return read.value
