"""``manage.py import_branches FILE``: Party organisations from a table (SYS-02)."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from branches.actions import import_branches
from branches.branch_sheet import HEADINGS, TIE, read
from branches.management.reporting import refuse_with_all_faults, seconds_since_start
from core.management.users import named_user

_WORDS = {"rows": "行数", "created": "新增", "updated": "修改", "unchanged": "没有变化"}


class Command(BaseCommand):
    """Load organisations, parents in any order; the same file again changes nothing."""

    help = f"导入党组织（CSV或XLSX；列：{'、'.join(HEADINGS)}；临时党支部可以加一列{TIE}）。有一处错就整份不导入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help="CSV（UTF-8、GB18030）或XLSX")
        parser.add_argument("--json", action="store_true", help="结果用JSON打印")
        parser.add_argument("--by", metavar="登录名", help="以谁的名义和范围导入；不写就是系统")

    def handle(self, *_: Any, **options: Any) -> None:
        startup, began = seconds_since_start(), time.monotonic()
        by = named_user(options["by"]) if options["by"] else None
        with refuse_with_all_faults(self, as_json=options["json"]):
            file: Path = options["file"]
            done = import_branches(by=by, lines=read(file), source=file.name)
        seconds = round(time.monotonic() - began, 2)
        if options["json"]:
            times = {"seconds": seconds, "startup_seconds": startup}
            notes = {"notes": [note._asdict() for note in done.notes]}
            self.stdout.write(json.dumps(done.counts | times | notes, ensure_ascii=False))
            return
        for key, word in _WORDS.items():
            self.stdout.write(f"{word}：{done.counts[key]}")
        for note in done.notes:
            self.stdout.write(str(note))
        self.stdout.write(f"用时{seconds}秒（另有启动{startup}秒）。")
