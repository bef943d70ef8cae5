"""Four writers at once, 200 inserts and moves each: no error, no fault, and how fast."""

import random
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from django.db import connection

from branches.actions import check_trees, create_area, import_divisions, move_area
from branches.divisions import read
from branches.enums import AreaLevel
from branches.models import Area
from tests.bench import divisions
from tests.bench.report import Report

WRITERS, ACTS = 4, 200
CODE = "999901"


def measure(report: Report) -> None:
    """Let four threads change one district of 4,425 nodes."""
    with tempfile.TemporaryDirectory() as folder:
        file = divisions.write(Path(folder) / "district.csv.gz", divisions.district(CODE))
        import_divisions(by=None, file=read(file))
    start = perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(_write, number) for number in range(WRITERS)]
    spent = perf_counter() - start
    report.note("每秒插入和移动", WRITERS * ACTS / spent, "次")
    report.bar("4 个写手各 200 次，出错", sum(map(_failures, writers)), at_most=0, unit="次")
    found = check_trees()["areas"]
    faults = sum(count for kind, count in found.items() if kind != "nodes")
    report.bar("之后 check_trees 的问题", faults, at_most=0, unit="处")
    added = WRITERS * sum(act % 4 != 3 for act in range(ACTS))
    lost = divisions.DISTRICT_NODES + added - found["nodes"]
    report.bar("丢失的节点", lost, at_most=0, unit="个")


def _failures(writer: Future[None]) -> int:
    error = writer.exception()
    if error is not None:
        print(f"    {error!r}")  # noqa: T201 -- a measurement tells what went wrong
    return error is not None


def _write(writer: int) -> None:
    """Put grids under groups anywhere, and move every fourth time a grid to another group."""
    chance = random.Random(writer)
    groups = list(Area.objects.filter(level=AreaLevel.GROUP))
    mine: list[Area] = []
    try:
        for act in range(ACTS):
            group = chance.choice(groups)
            if act % 4 == 3:
                move_area(by=None, area=chance.choice(mine), parent=group)
            else:
                code = f"{group.code[:12]}W{writer}{act:03d}"
                mine.append(
                    create_area(
                        by=None, code=code, name="新网格", level=AreaLevel.GRID, parent=group
                    )
                )
    finally:
        connection.close()
