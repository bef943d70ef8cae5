"""What the commands have in common that take a small sheet, whole or not at all."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from branches.management.reporting import REFUSED, refuse_with_all_faults
from branches.tables import rows_of
from core import text
from core.management.users import named_user
from core.models import User
from core.parameters import Parameters
from core.spreadsheets import Row
from members.actions import SheetImport
from members.sheets.people import MOST_ROWS


class SheetCommand(BaseCommand):
    """Exit 0: taken, or checked with ``--dry-run``; 2: refused with every fault, nothing written."""

    # The counts in the order in which they are said, with their words.
    words: ClassVar[dict[str, str]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and in whose name."""
        parser.add_argument("file", type=Path, metavar="文件", help="CSV（UTF-8、GB18030）或XLSX")
        parser.add_argument("--by", required=True, metavar="登录名", help="以谁的名义和范围导入")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="结果用JSON打印")

    def load(self, by: User, rows: list[Row], options: dict[str, Any]) -> SheetImport:
        """Carry out the import of ROWS."""
        raise NotImplementedError

    def handle(self, *_: Any, **options: Any) -> None:
        """Import, and say what was done."""
        began = time.monotonic()
        by = named_user(options["by"])
        path: Path = options["file"]
        try:
            with refuse_with_all_faults(self, as_json=options["json"]):
                most = Parameters(MOST_ROWS).number(MOST_ROWS)
                done = self.load(by, rows_of(path, name=path.name, most=most), options)
        except (PermissionDenied, ValidationError) as refused:
            said = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            raise CommandError(text.sentences(said), returncode=REFUSED) from refused
        self._say(done, options, round(time.monotonic() - began, 2))

    def _say(self, done: SheetImport, options: dict[str, Any], seconds: float) -> None:
        if options["json"]:
            notes = [note._asdict() for note in done.notes]
            written = {"written": not options["dry_run"]}
            report = {**done.counts, "seconds": seconds, **written, "problems": [], "notes": notes}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for key, word in self.words.items():
            self.stdout.write(f"{word}：{done.counts[key]}")
        for note in done.notes:
            self.stdout.write(str(note))
        self.stdout.write("只核对了，没有写入。" if options["dry_run"] else f"用时{seconds}秒。")
