"""A roster of 50,000 rows, new and again, against the database's own bulk load of the same rows."""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import tablib
from django.db import connection
from django.utils import timezone
from import_export import fields, resources, widgets

from branches.models import Area, Branch
from core import audit
from core.codes import CodeBook
from core.models import AuditEvent
from members.models import Affiliation, Member
from members.parameters import check_parameters
from members.rules.derived import DERIVED, fill
from members.rules.parameters import CheckParameters
from tests.bench import rosters
from tests.bench.command import run_import
from tests.bench.limit import bulk_load
from tests.bench.report import Report

ROWS = 50_000
STOCK_ROWS = 1_000
BRANCHES, COMMUNITIES = 200, 20
BARS = {"postgresql": 5, "sqlite": 10}
# What the derived columns follow from.
_FOLLOWED = [each.attname for each in Member._meta.concrete_fields if not each.primary_key]
_CODED = ("gender", "ethnicity", "education", "member_kind", "person_kind")


def measure(report: Report) -> None:
    """Import, import again, load the same rows bare, and let the stock resource try."""
    branches = rosters.ground(BRANCHES, COMMUNITIES)
    with tempfile.TemporaryDirectory() as folder:
        people = rosters.rows(ROWS, branches)
        file = rosters.write(Path(folder) / "roster.csv", people)
        new = run_import(file)
        before = bulk_load()
        again = run_import(file)
    # Around the second import and after it: the machine is not equally quiet all the time.
    limit = median([before, bulk_load(), bulk_load()])
    report.note("界限 I：数据库自己装入同样的行", limit)
    report.note("新名册，命令全程", new.wall)
    report.bar("50,000 行新名册", new.report["seconds"] / limit, at_most=BARS[connection.vendor])
    report.bar("峰值内存", max(new.peak, again.peak), at_most=250, unit="MB")
    report.bar("同一份名册再来一次", again.report["seconds"] / limit, at_most=3)
    wrong = abs(Member.objects.count() - ROWS) + abs(Affiliation.objects.count() - ROWS)
    wrong += again.report["new"] + again.report["changed"] + new.report["rejected"]
    wrong += abs(AuditEvent.objects.filter(act="导入党员名册").count() - 2)
    report.bar("多写、少写或写错的行", wrong, at_most=0, unit="行")
    ours, stock = ROWS / new.report["seconds"], _stock(branches)
    report.note("每秒行数", ours, "行")
    report.note("django-import-export 原样每秒行数", stock, "行")
    report.bar("比 django-import-export 原样快", ours / stock, at_least=40)


def _stock(branches: Sequence[rosters.Place]) -> float:
    """Return rows a second of a plain ModelResource with the same outcome.

    As ``import_roster`` does, it takes every column and updates whom it knows by the number.
    """
    people = rosters.rows(STOCK_ROWS, branches, first=ROWS)
    data = tablib.Dataset(*people, headers=rosters.HEADING)
    start = perf_counter()
    result = _StockResource().import_data(data, raise_errors=True, use_transactions=True)
    seconds = perf_counter() - start
    made = Member.objects.latest("pk")
    filled = (*_CODED, "name_pinyin", "area_path", "id_number_index", "phone_index")
    if result.totals["new"] != STOCK_ROWS or not all(getattr(made, name) for name in filled):
        raise RuntimeError(result.totals)
    return STOCK_ROWS / seconds


def _reference(name: str, column: str, model: type[Any], by: str) -> fields.Field:
    return fields.Field(name, column, widgets.ForeignKeyWidget(model, by))


def _plain(name: str, column: str) -> fields.Field:
    return fields.Field(name, column)


def _day(name: str, column: str) -> fields.Field:
    return fields.Field(name, column, widgets.DateWidget("%Y-%m-%d"))


class _CodeWidget(widgets.Widget):
    """Takes the code that a word stands for, from tables that are read once."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def clean(self, value: str, row: Any = None, **options: Any) -> str:
        return _book().code(self._table, value) or ""


class _NumberWidget(widgets.Widget):
    """Takes the digest by which the register finds a number."""

    def clean(self, value: str, row: Any = None, **options: Any) -> str | None:
        return Member._meta.get_field("id_number_index").digest(value)


@cache
def _book() -> CodeBook:
    return CodeBook(*_CODED)


def _code(name: str, column: str) -> fields.Field:
    return fields.Field(name, column, _CodeWidget(name))


@cache
def _thresholds() -> CheckParameters:
    return check_parameters()


class _StockResource(resources.ModelResource):
    """The same outcome without tuning: checked, found by name, in scope, sealed, at home, on record."""

    name = _plain("name", "姓名")
    gender = _code("gender", "性别")
    ethnicity = _code("ethnicity", "民族")
    id_number = _plain("id_number", "公民身份号码")
    id_number_index = fields.Field("id_number_index", "公民身份号码", _NumberWidget())
    birth_date = _day("birth_date", "出生日期")
    education = _code("education", "学历")
    member_kind = _code("member_kind", "党员类别")
    person_kind = _code("person_kind", "人员类别")
    join_date = _day("join_date", "入党日期")
    full_date = _day("full_date", "转正日期")
    work_start = _day("work_start", "参加工作时间")
    retire_date = _day("retire_date", "离退休时间")
    former_unit = _plain("former_unit", "原工作单位")
    phone = _plain("phone", "联系电话")
    address = _plain("address", "居住地址")
    community = _reference("community", "居住社区", Area, "name")
    branch = _reference("branch", "支部代码", Branch, "code")

    def before_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
        """Fill in by what a member is found, and where he belongs."""
        instance.area_path = instance.branch.area_path
        followed = fill(
            {name: getattr(instance, name) for name in _FOLLOWED},
            today=timezone.localdate(),
            parameters=_thresholds(),
        )
        for name in DERIVED:
            setattr(instance, name, followed[name])

    def after_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
        """Do what the register wants with every new member."""
        Affiliation.objects.create(member=instance, branch=instance.branch, kind="HOME")
        audit.record(by=None, act="登记党员", instance=instance)

    class Meta:
        model = Member
        import_id_fields = ("id_number_index",)
        clean_model_instances = True
        fields = (
            *("name", "id_number", "birth_date", "join_date", "full_date", "work_start"),
            *(*_CODED, "id_number_index"),
            *("retire_date", "former_unit", "phone", "address", "community", "branch"),
        )
