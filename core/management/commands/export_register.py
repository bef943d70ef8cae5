"""``manage.py export_register NAME FILE --by USER --purpose …``: an export without the pages."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actions import start_export
from core.enums import RunState
from core.exports import Order, register_of, take_out
from core.management.progress import add_progress, watch_of
from core.management.users import named_user
from core.runs import run_now
from core.spreadsheets.formats import FORMATS


class Command(BaseCommand):
    """Export a register into a file of this machine, masked and on record as from the page."""

    help = "把登记册导出成文件（XLSX或CSV）。号码照样遮住中间，照样记入操作记录。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the register, the file, who asks and what for."""
        parser.add_argument(
            "register",
            metavar="登记册",
            help="哪本登记册：members.member 党员，branches.branch 党组织",
        )
        parser.add_argument("file", type=Path, metavar="文件", help="写到哪个文件，XLSX或CSV")
        parser.add_argument("--by", required=True, metavar="登录名", help="以谁的名义和范围导出")
        parser.add_argument(
            "--purpose", required=True, metavar="用途", help="写进操作记录和文件末行"
        )
        add_progress(parser)

    def handle(
        self,
        *args: Any,
        register: str,
        file: Path,
        by: str,
        purpose: str,
        progress: bool,
        **options: Any,
    ) -> None:
        """Carry the run out here and put its file at FILE, whole or not at all."""
        kinds = {f".{each().get_extension()}": each.title for each in FORMATS}
        if file.suffix.lower() not in kinds:
            raise CommandError("文件名要以 .xlsx 或 .csv 结尾。")
        user = named_user(by)
        try:
            register_of(register)
        except (LookupError, ValueError) as error:
            raise CommandError(f"没有叫 {register} 的登记册，或者它不能导出。") from error
        order = Order(
            register=register.lower(),
            columns=(),
            kind=kinds[file.suffix.lower()],
            purpose=purpose,
        )
        watch = watch_of(self.stderr, asked=progress)
        run = run_now(start_export(by=user, order=order, ring=False), watch=watch)
        if run.state != RunState.DONE:
            raise CommandError(run.error or "已取消，没有导出。")
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            take_out(run, beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        self.stdout.write(f"已导出{run.result['rows']}行：{file}")
