"""The territory: a province loaded and loaded again, one node put in, one street moved."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from branches.actions import check_trees, create_area, import_divisions, move_area
from branches.divisions import read
from branches.enums import AreaLevel
from branches.models import Area, Region
from tests.bench import divisions
from tests.bench.report import Report

ROOT = Path(__file__).parents[2]
TIMES = 5


def measure(report: Report) -> None:
    """Load a province of Jiangsu's size twice, then change a district of 4,425 nodes."""
    with tempfile.TemporaryDirectory() as folder:
        file = divisions.write(Path(folder) / "province.csv.gz", divisions.province())
        _measure_import(report, file)
        _measure_changes(report, Path(folder))
    report.bar("check_trees 的问题", _faults(), at_most=0, unit="处")


def _measure_import(report: Report, file: Path) -> None:
    before = os.times().children_user
    first, told = _import(file)
    report.note("其中启动", told["startup_seconds"])
    report.note("其中处理器时间", os.times().children_user - before)
    report.bar("导入 23,549 个区划和 14 个省市", first, at_most=6, unit="s")
    again, told = _import(file)
    report.bar("同一文件再导入一次", again, at_most=3, unit="s")
    report.bar("再导入时有改动", told["created"] + told["updated"], at_most=0, unit="个")
    missing = divisions.AREAS - Area.objects.count() + divisions.REGIONS - Region.objects.count()
    report.bar("缺少的区划", missing, at_most=0, unit="个")
    report.bar("导入后 check_trees 的问题", _faults(), at_most=0, unit="处")


def _import(file: Path) -> tuple[float, dict[str, Any]]:
    command = [sys.executable, "manage.py", "import_divisions", str(file), "--json"]
    start = perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return perf_counter() - start, json.loads(done.stdout)


def _measure_changes(report: Report, folder: Path) -> None:
    for code in ("999901", "999902"):
        file = divisions.write(folder / f"{code}.csv.gz", divisions.district(code))
        import_divisions(by=None, file=read(file))
    left = Area.objects.get(code="99990100100101")
    inserts = [
        _seconds(
            create_area,
            code=f"{left.code}9{number}",
            name="新网格",
            level=AreaLevel.GRID,
            parent=left,
        )
        for number in range(TIMES)
    ]
    report.bar("在 4,425 个节点的区最左边加一个网格", median(inserts), at_most=0.15, unit="s")
    street = Area.objects.get(code="999901001000")
    homes = [Area.objects.get(code="999902000000"), Area.objects.get(code="999901000000")]
    moves = [_seconds(move_area, area=street, parent=homes[turn % 2]) for turn in range(TIMES)]
    report.bar("把一个街道（316 个节点）移到另一个区", median(moves), at_most=0.15, unit="s")


def _seconds(act: Any, **given: Any) -> float:
    start = perf_counter()
    act(by=None, **given)
    return perf_counter() - start


def _faults() -> int:
    return sum(
        count for part in check_trees().values() for kind, count in part.items() if kind != "nodes"
    )
