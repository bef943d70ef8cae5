"""An activity of any kind: planned, held, recorded, archived."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models

from activities.enums import ActivityState
from activities.querysets import ActivityManager
from activities.rules.record import MOST_AGENDA, MOST_MINUTES
from core.constraints import CheckConstraint
from core.display import date_words
from core.enums import Engine
from core.models import Kind


class Activity(models.Model):
    """One activity of one branch (SYS-18 first; every other kind is a row of ``Kind``).

    ``period`` is the month ``YYYY-MM`` of kinds held once a month, empty for others: one record
    per branch, kind and month, so a double submit finds the first. ``version`` rises with each
    saved record; a form that was opened on an older one meets the merge page. The four counts are
    sums of its attendance, kept by the acts that write it and proved by ``check_sums``: a year of a
    province is a sum of sixty thousand rows, not of three million.
    """

    # What of its record is no column of its own, as the trail's readers know it.
    trail_words: ClassVar[dict[str, str]] = {
        "marks": "到会情况",
        "reasons": "没到会的原因",
        "count": "照片张数",
    }

    kind = models.ForeignKey(
        Kind,
        verbose_name="类别",
        to_field="key",
        on_delete=models.PROTECT,
        limit_choices_to={"engine": Engine.ACTIVITY},
        related_name="+",
    )
    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="党组织",
        on_delete=models.PROTECT,
        related_name="activities",
    )
    period = models.CharField("月份", max_length=7, null=True, blank=True)  # noqa: DJ001 -- null is outside the unique constraint
    date = models.DateField("日期", db_index=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    topic = models.CharField("主题", max_length=200, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    host = models.CharField("主持人", max_length=20, blank=True)
    agenda = models.TextField("议程", blank=True, validators=[MaxLengthValidator(MOST_AGENDA)])
    cost = models.DecimalField(
        "费用（元）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
    )
    minutes = models.TextField(
        "会议记录", blank=True, validators=[MaxLengthValidator(MOST_MINUTES)]
    )
    campaign = models.ForeignKey(
        "activities.Campaign",
        verbose_name="专题活动",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    state = models.CharField(
        "状态", max_length=10, choices=ActivityState, default=ActivityState.PLANNED
    )
    listed = models.PositiveIntegerField("名单人数", default=0, editable=False)
    expected = models.PositiveIntegerField("应到人数", default=0, editable=False)
    took_part = models.PositiveIntegerField("参加人数", default=0, editable=False)
    guests = models.PositiveIntegerField("外支部来人数", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = ActivityManager()

    # Both may name people, and say what they said of themselves; the trail, which cannot be erased, says only that it changed.
    private_fields = frozenset({"agenda", "minutes"})

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-date", "-pk"]
        permissions = [("record_activity", "登记活动"), ("export_activity", "导出活动")]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "kind", "period"],
                name="activity_once_a_period",
                violation_error_message="这个月已经登记过了，请打开原来的记录修改。",
            ),
            CheckConstraint(
                condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0),
                name="activity_cost_not_negative",
                violation_error_message="费用不能是负数，没有花钱就写0。",
            ),
        ]
        indexes = [models.Index(fields=["branch", "date"], name="activity_branch_date")]

    def __str__(self) -> str:
        day = date_words(self.date, today=self.date, full=True)
        return f"{day} {self.topic}".strip()

    @property
    def steps(self) -> list[str]:
        """The agenda, step by step."""
        return self.agenda.splitlines()
