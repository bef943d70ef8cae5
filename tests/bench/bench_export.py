"""A register on its way out as CSV and XLSX: seconds, memory, and a file that comes back whole.

``BENCH_EXPORT_ROWS`` (530,000; on SQLite 50,000 at most) makes a trial smaller.
"""

import csv
import datetime as dt
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from django.db import connection
from python_calamine import CalamineWorkbook

from branches.models import Branch
from core.models import AuditEvent, StoredFile, User
from members.models import Member
from members.parameters import check_parameters
from members.rules.derived import fill
from tests.bench.report import Report
from tests.factories.branches import make_area, make_branch, make_district

ROOT = Path(__file__).parents[2]
PROVINCE, ON_SQLITE = 530_000, 50_000
ROWS = int(os.environ.get("BENCH_EXPORT_ROWS", PROVINCE))
BRANCHES, UNITS = 100, 300
# Of a province; fewer rows get as much less time, but for the start of the process.
SECONDS = {"csv": 60, "xlsx": 180}
START = 3
_CHUNK = 5_000


class Told(NamedTuple):
    """One export: wall seconds, peak memory of its process in MB, bytes of the file."""

    wall: float
    peak: float
    size: int


def measure(report: Report) -> None:
    """Export the whole register as each kind of file by the command, which runs what the page starts."""
    User.objects.create_superuser("boss", None, display_name="量者")
    rows = ROWS if connection.vendor == "postgresql" else min(ROWS, ON_SQLITE)
    _register(rows)
    report.note("名册", rows, "人")
    with tempfile.TemporaryDirectory() as folder:
        # Nothing is read back before all are out: a process is told the memory of its parent as well.
        each = {kind: _export(Path(folder) / f"out.{kind}") for kind in SECONDS}
        for kind, told in each.items():
            seconds = SECONDS[kind]
            share = rows / PROVINCE
            at_most = seconds * share + START * (1 - min(share, 1))
            report.bar(f"导出 {kind.upper()}", told.wall, at_most=at_most, unit="s")
            report.bar(f"导出 {kind.upper()}：峰值内存", told.peak, at_most=300, unit="MB")
            report.note("文件", told.size / 1_048_576, "MB")
            lost = sum(map(abs, _differences(Path(folder) / f"out.{kind}", rows)))
            report.bar(f"导出 {kind.upper()}：读回来缺的、多的行", lost, at_most=0, unit="行")
            report.note(f"按 {PROVINCE:,} 行折算", told.wall * PROVINCE / rows)
    noted = list(AuditEvent.objects.filter(act="导出").values_list("note", flat=True))
    wrong = sum(f"{rows}行" not in note for note in noted) + abs(len(noted) - len(SECONDS))
    report.bar("少了行或没有记下的导出", wrong, at_most=0, unit="次")
    report.bar("留在服务器上的文件", StoredFile.objects.count(), at_most=0, unit="个")


def _differences(file: Path, rows: int) -> tuple[int, int]:
    """Return by how much people and their former employers in FILE differ from the register."""
    heading, *people = _read(file)
    signature = people.pop()
    if "导出，用途：量一量" not in str(signature[0]):
        raise RuntimeError("the last line is not the signature")
    number = heading.index("原工作单位")
    units = {str(person[number]) for person in people}
    return len(people) - rows, len(units) - UNITS


def _read(file: Path) -> list[list[Any]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))
    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()


def _export(place: Path) -> Told:
    command = [
        *(sys.executable, "manage.py", "export_register", "members.member", str(place)),
        *("--by", "boss", "--purpose", "量一量"),
    ]
    start = perf_counter()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(process.returncode)
    return Told(perf_counter() - start, usage.ru_maxrss / 1024, place.stat().st_size)


def _register(count: int) -> None:
    """Fill the register: some people in full, the rest copies of them that no index by number finds."""
    street = make_area(make_district("青澜区", "990101000000"), "东城街道")
    branches = [make_branch(make_area(street)) for _ in range(BRANCHES)]
    today, thresholds = dt.date(2026, 11, 22), check_parameters()
    people = itertools.islice(_people(branches), min(count, _CHUNK))
    filled = (fill(each, today=today, parameters=thresholds) for each in people)
    Member.objects.bulk_create([Member(**each) for each in filled])
    names = [column.column for column in Member._meta.concrete_fields if not column.primary_key]
    shown = ["NULL" if name.endswith("_index") else f'"{name}"' for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    copy = f"INSERT INTO members_member ({quoted}) SELECT {', '.join(shown)} FROM members_member ORDER BY id LIMIT %s"  # noqa: S608 -- our own names
    with connection.cursor() as cursor:
        while left := count - Member.objects.count():
            cursor.execute(copy, [min(left, _CHUNK)])
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _people(branches: list[Branch]) -> Iterator[dict[str, Any]]:
    for number in itertools.count():
        branch = branches[number % BRANCHES]
        born = dt.date(1936, 1, 1) + dt.timedelta(days=number % 9000)
        yield {
            "name": f"张{'建国志明'[number % 4]}",
            "gender": "1",
            "id_number": f"990101{born:%Y%m%d}{number // 9000:03d}0",
            "birth_date": born,
            "ethnicity": "01",
            "education": "20",
            "join_date": dt.date(1980, 7, 1),
            "full_date": dt.date(1981, 7, 1),
            "work_start": dt.date(1960, 8, 1),
            "retire_date": dt.date(2001, 3, 1),
            "former_unit": f"第{number % UNITS}机械厂",
            "former_post": "科长",
            "member_kind": "FULL",
            "person_kind": "B",
            "phone": f"161{number:08d}",
            "address": f"槐荫里{number % 90}号楼",
            "branch": branch,
            "community": branch.area,
            "area_path": branch.area_path,
        }
