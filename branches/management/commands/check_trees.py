"""``manage.py check_trees``: prove territory and organisation against the parents, and repair."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from branches.actions import check_trees, repair_trees

_TREES = {"areas": "区划", "branches": "党组织"}
_FAULTS = {
    "bounds": "左右边界不对",
    "depth": "深度不对",
    "path": "路径不对",
    "level": "层级不对",
    "loop": "上下级绕成了圈",
}


class Command(BaseCommand):
    """Exit 0 with no fault left, 1 otherwise."""

    help = "核对区划树和组织树：边界、深度、路径和各处的路径副本，只以上级为准。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="按上级改正，再核对一遍")
        parser.add_argument("--json", action="store_true", help="结果用JSON打印")

    def handle(self, *_: Any, **options: Any) -> None:
        began = time.monotonic()
        repaired = repair_trees(by=None) if options["repair"] else 0
        report = check_trees()
        faults = sum(
            count for part in report.values() for kind, count in part.items() if kind != "nodes"
        )
        seconds = round(time.monotonic() - began, 2)
        if options["json"]:
            total = {"faults": faults, "repaired": repaired, "seconds": seconds}
            self.stdout.write(json.dumps(report | total))
        else:
            self._tell(report, repaired, seconds)
        if faults:
            raise CommandError(f"有{faults}处问题，请用 check_trees --repair 改正。", returncode=1)

    def _tell(self, report: dict[str, dict[str, int]], repaired: int, seconds: float) -> None:
        if repaired:
            self.stdout.write(f"改正了{repaired}处。")
        for name, word in _TREES.items():
            self.stdout.write(f"{word}：{report[name]['nodes']}个")
            for kind, sentence in _FAULTS.items():
                if count := report[name][kind]:
                    self.stdout.write(f"  {sentence}：{count}处")
        for label, count in report["copies"].items():
            self.stdout.write(f"路径副本 {label}：{count}处不一致")
        self.stdout.write(f"用时{seconds}秒。")
