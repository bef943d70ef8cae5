"""A campaign: theme days of many branches under one title (SYS-18)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from activities.querysets import CampaignManager
from core.constraints import CheckConstraint


class Campaign(models.Model):
    """What an area asks its branches to hold theme days about, from day to day.

    Its figures are never entered: they are the archived records that name it.
    """

    title = models.CharField("名称", max_length=60)
    area = models.ForeignKey(
        "branches.Area", verbose_name="范围", on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")

    objects = CampaignManager()

    class Meta:
        verbose_name = verbose_name_plural = "专题活动"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["area", "title", "starts_on"],
                name="campaign_once",
                violation_error_message="这个范围里已有同名、同一天开始的专题活动，请打开原来的那一项。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def covers(self, day: dt.date) -> bool:
        """Whether the campaign runs on DAY."""
        return self.starts_on <= day <= self.ends_on
