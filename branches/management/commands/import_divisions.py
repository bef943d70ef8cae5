"""``manage.py import_divisions FILE``: administrative divisions into the territory (SYS-02)."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from branches.actions import import_divisions
from branches.divisions import read
from branches.management.reporting import refuse_with_all_faults, seconds_since_start

_WORDS = {
    "provinces": "省",
    "cities": "市",
    "districts": "区县",
    "streets": "街道",
    "communities": "社区",
    "groups": "小组",
    "grids": "网格",
    "created": "新增",
    "updated": "修改",
    "unchanged": "没有变化",
}


class Command(BaseCommand):
    """Load ``code,name,parent_code``; the same file again changes nothing."""

    help = (
        "导入行政区划文件（CSV，可用gzip压缩；列：code,name,parent_code）。有一处错就整份不导入。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help="CSV文件，UTF-8或GB18030")
        parser.add_argument("--json", action="store_true", help="结果用JSON打印")

    def handle(self, *_: Any, **options: Any) -> None:
        startup, began = seconds_since_start(), time.monotonic()
        with refuse_with_all_faults(self, as_json=options["json"]):
            counts = import_divisions(by=None, file=read(options["file"]))
        seconds = round(time.monotonic() - began, 2)
        if options["json"]:
            self.stdout.write(json.dumps(counts | {"seconds": seconds, "startup_seconds": startup}))
            return
        for key, word in _WORDS.items():
            self.stdout.write(f"{word}：{counts[key]}")
        self.stdout.write(f"用时{seconds}秒（另有启动{startup}秒）。")
