"""A roster of 50,000 rows, new and again, against the database's own bulk load of the same rows."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import tablib
from django.db import connection, transaction
from import_export import fields, resources, widgets

from branches.models import Area, Branch
from core import audit
from core.models import AuditEvent, User
from members.models import Affiliation, Member
from tests.bench import rosters
from tests.bench.report import Report
from tests.factories.branches import make_area, make_branch, make_district

ROOT = Path(__file__).parents[2]
ROWS = 50_000
STOCK_ROWS = 1_000
BRANCHES, COMMUNITIES = 200, 20
_REFERENCES = re.compile(r' REFERENCES "\w+" \("\w+"\) DEFERRABLE INITIALLY DEFERRED')
BARS = {"postgresql": 5, "sqlite": 10}


class Told(NamedTuple):
    """One run of the command: its report, wall seconds, peak memory of its process in MB."""

    report: dict[str, Any]
    wall: float
    peak: float


def measure(report: Report) -> None:
    """Import, import again, load the same rows bare, and let the stock resource try."""
    branches, communities = _ground()
    with tempfile.TemporaryDirectory() as folder:
        people = rosters.rows(ROWS, branches, communities)
        file = rosters.write(Path(folder) / "roster.csv", people)
        new = _import(file)
        before = _bulk_load()
        again = _import(file)
    # Around the second import and after it: the machine is not equally quiet all the time.
    limit = median([before, _bulk_load(), _bulk_load()])
    report.note("界限 I：数据库自己装入同样的行", limit)
    report.note("新名册，命令全程", new.wall)
    report.bar("50,000 行新名册", new.report["seconds"] / limit, at_most=BARS[connection.vendor])
    report.bar("峰值内存", max(new.peak, again.peak), at_most=250, unit="MB")
    report.bar("同一份名册再来一次", again.report["seconds"] / limit, at_most=3)
    wrong = abs(Member.objects.count() - ROWS) + abs(Affiliation.objects.count() - ROWS)
    wrong += again.report["new"] + again.report["changed"] + new.report["rejected"]
    wrong += abs(AuditEvent.objects.filter(act="导入党员名册").count() - 2)
    report.bar("多写、少写或写错的行", wrong, at_most=0, unit="行")
    ours, stock = ROWS / new.report["seconds"], _stock(branches, communities)
    report.note("每秒行数", ours, "行")
    report.note("django-import-export 原样每秒行数", stock, "行")
    report.bar("比 django-import-export 原样快", ours / stock, at_least=40)


def _ground() -> tuple[list[str], list[str]]:
    User.objects.create_superuser("boss", None, display_name="量者")
    street = make_area(make_district("青澜区", "990101000000"), "东城街道")
    areas = [make_area(street, f"第{number}社区") for number in range(COMMUNITIES)]
    for number in range(BRANCHES):
        make_branch(areas[number % COMMUNITIES], f"第{number}党支部", code=f"QL{number:04d}")
    names = Area.objects.filter(level=3).values_list("name", flat=True)
    return list(Branch.objects.values_list("code", flat=True)), list(names)


def _import(file: Path) -> Told:
    command = [sys.executable, "manage.py", "import_roster", str(file), "--by", "boss", "--json"]
    start = perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    out = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(out.decode())
    return Told(json.loads(out), perf_counter() - start, usage.ru_maxrss / 1024)


def _bulk_load() -> float:
    """Return the seconds of loading all final rows into an empty table with the same indexes."""
    table = Member._meta.db_table
    with connection.cursor() as cursor:
        _make_like(cursor, table)
        load = (
            _copying(cursor, table)
            if connection.vendor == "postgresql"
            else _inserting(cursor, table)
        )
        start = perf_counter()
        with transaction.atomic():
            load()
        seconds = perf_counter() - start
        cursor.execute("DROP TABLE bare")
    return seconds


def _copying(cursor: Any, table: str) -> Callable[[], None]:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        rows = b"".join(copy)

    def load() -> None:
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows)

    return load


def _inserting(cursor: Any, table: str) -> Callable[[], None]:
    # The bare driver: Django's would turn dates and flags to and fro.
    bare = sqlite3.connect(connection.settings_dict["NAME"])
    rows = bare.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- our own name
    bare.close()
    marks = ", ".join(["?"] * len(rows[0]))

    def load() -> None:
        cursor.connection.executemany(f"INSERT INTO bare VALUES ({marks})", rows)  # noqa: S608 -- as above

    return load


def _make_like(cursor: Any, table: str) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"CREATE TABLE bare (LIKE {table} INCLUDING INDEXES)")
        return
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
    for kind, name, statement in cursor.fetchall():
        if kind == "table":
            cursor.execute(_REFERENCES.sub("", statement).replace(f'"{table}"', '"bare"', 1))
        elif statement:
            own = statement.replace(f'"{name}"', f'"bare_{name}"').replace(f'"{table}"', '"bare"')
            cursor.execute(own)


def _stock(branches: Sequence[str], communities: Sequence[str]) -> float:
    """Return rows a second of a plain ModelResource with the same outcome."""
    people = rosters.rows(STOCK_ROWS, branches, communities, first=ROWS)
    data = tablib.Dataset(*people, headers=rosters.HEADING)
    start = perf_counter()
    result = _StockResource().import_data(data, raise_errors=True, use_transactions=True)
    seconds = perf_counter() - start
    if result.totals["new"] != STOCK_ROWS:
        raise RuntimeError(result.totals)
    return STOCK_ROWS / seconds


def _reference(name: str, column: str, model: type[Any], by: str) -> fields.Field:
    return fields.Field(name, column, widgets.ForeignKeyWidget(model, by))


def _plain(name: str, column: str) -> fields.Field:
    return fields.Field(name, column)


def _day(name: str, column: str) -> fields.Field:
    return fields.Field(name, column, widgets.DateWidget("%Y-%m-%d"))


class _StockResource(resources.ModelResource):
    """The same outcome without tuning: checked, sealed, at home, a line in the log for each row."""

    name = _plain("name", "姓名")
    id_number = _plain("id_number", "公民身份号码")
    birth_date = _day("birth_date", "出生日期")
    join_date = _day("join_date", "入党日期")
    full_date = _day("full_date", "转正日期")
    work_start = _day("work_start", "参加工作时间")
    retire_date = _day("retire_date", "离退休时间")
    former_unit = _plain("former_unit", "原工作单位")
    phone = _plain("phone", "联系电话")
    address = _plain("address", "居住地址")
    community = _reference("community", "居住社区", Area, "name")
    branch = _reference("branch", "支部代码", Branch, "code")

    def after_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
        """Do what the register wants with every new member."""
        Affiliation.objects.create(member=instance, branch=instance.branch, kind="HOME")
        audit.record(by=None, act="登记党员", instance=instance)

    class Meta:
        model = Member
        import_id_fields = ()
        force_init_instance = True
        clean_model_instances = True
        fields = (
            *("name", "id_number", "birth_date", "join_date", "full_date", "work_start"),
            *("retire_date", "former_unit", "phone", "address", "community", "branch"),
        )
