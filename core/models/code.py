"""Reference data: code tables, kinds of the engines, rule parameters."""

import datetime
import re
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import readings, rules
from core.enums import CodeTable, Engine, ValueType

# GB/T 2260 prefixes of two, four and six digits, then street (9) and community (12).
DIVISION_CODE = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}")
# What an identity number begins with.
COUNTY_CODE = re.compile(r"[0-9]{6}")


def begun(day: datetime.date) -> Q:
    """Return the condition that a row of reference data has begun by DAY."""
    return Q(valid_from=None) | Q(valid_from__lte=day)


class Code(models.Model):
    """One entry of a code table, such as GB/T 3304 01 汉族; aliases are accepted on import."""

    table = models.CharField("代码表", max_length=30, choices=CodeTable)
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=50)
    aliases = models.JSONField("别名", default=list, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    source = models.CharField("来源", max_length=100, blank=True)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    is_active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "代码"
        ordering = ["table", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "code"],
                name="code_unique",
                violation_error_message="这张代码表里已有这个代码。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a division that no identity number could begin with."""
        if self.table == CodeTable.TERRITORY and not COUNTY_CODE.fullmatch(self.code):
            raise ValidationError({"code": "这张表里的代码是6位数字，如 320614。请改成6位。"})


class KindQuerySet(models.QuerySet["Kind"]):
    """Kinds of the engines."""

    def usable(self, engine: Engine, *, keep: str = "") -> Self:
        """Kinds of ENGINE that may be chosen: those in use, and KEEP, the key that a row has already."""
        chosen = Q(is_active=True) & begun(timezone.localdate())
        return self.filter(chosen | Q(key=keep), engine=engine)


KindManager = models.Manager.from_queryset(KindQuerySet, "KindManager")


class Kind(models.Model):
    """A kind on an engine, as data: adding a programme adds a row (house §1.1).

    ``key`` is ``engine.name``, e.g. ``activity.theme_day``; ``settings`` holds what the engine's
    rules read (limits, deadlines, required fields), described where the engine reads them.
    """

    key = models.CharField("标识", max_length=50, unique=True)
    engine = models.CharField("所属", max_length=20, choices=Engine)
    name = models.CharField("名称", max_length=30)
    settings = models.JSONField("设置", default=dict, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    source = models.CharField("来源", max_length=100, blank=True)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    is_active = models.BooleanField("使用中", default=True)

    objects = KindManager()

    class Meta:
        verbose_name = verbose_name_plural = "类别"
        ordering = ["engine", "position", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_use(self) -> bool:
        """Whether it may be chosen today, as ``usable`` asks of many."""
        today = timezone.localdate()
        return rules.in_use(is_active=self.is_active, valid_from=self.valid_from, today=today)

    def clean(self) -> None:
        """Keep the key within its engine (``activity.theme_day``), the settings readable."""
        if self.engine and not self.key.startswith(f"{self.engine}."):
            raise ValidationError({"key": f"标识要以“{self.engine}.”开头。"})
        if faults := readings.setting_faults(self.engine, self.settings):
            raise ValidationError(faults)


class RuleParameter(models.Model):
    """A threshold with its source; the newest valid one for the nearest area applies.

    ``area_code`` is a division code prefix; blank means everywhere. ``value`` blank means
    "no limit" (SYS-05: an empty maximum is the 1+N mode).
    """

    key = models.CharField("标识", max_length=50)
    name = models.CharField("名称", max_length=50)
    value = models.CharField("数值", max_length=50, blank=True)
    value_type = models.CharField("数值类型", max_length=10, choices=ValueType)
    unit = models.CharField("单位", max_length=10, blank=True)
    area_code = models.CharField("适用区划代码", max_length=24, blank=True)
    valid_from = models.DateField("启用日期")
    source = models.CharField("依据", max_length=100)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则参数"
        ordering = ["key", "area_code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "area_code", "valid_from"],
                name="rule_parameter_unique",
                violation_error_message="同一天、同一区划已有这个参数，请改原来的那一条。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.shown}"

    def clean(self) -> None:
        """Refuse a value that the rules could not read, and a code that no division can have."""
        faults = {}
        reading = self.reading
        if not (reading.accepts_text(self.value) if reading else self._is_typed()):
            expected = reading.expected if reading else ValueType(self.value_type).label
            faults["value"] = f"这里要填{expected}。"
        if self.area_code and not DIVISION_CODE.fullmatch(self.area_code):
            faults["area_code"] = "请填区划代码：省2位、市4位、区县6位、街道9位、社区12位数字。"
        if faults:
            raise ValidationError(faults)

    def _is_typed(self) -> bool:
        try:
            rules.typed(self.value, self.value_type)
        except ValueError:
            return False
        return True

    @property
    def reading(self) -> readings.Reading | None:
        """How the rules read the value; None while no rule reads it."""
        return readings.threshold(self.key)

    @property
    def shown(self) -> str:
        """The value with its unit, as people read it: 6个月, for 6月 is June."""
        unit = "个月" if self.unit == "月" else self.unit
        return f"{self.value}{unit}" if self.value else "不限"
