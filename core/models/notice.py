"""Notices to one user."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from core.fields import SealedTextField
from core.querysets import PrivateQuerySet


class NoticeQuerySet(PrivateQuerySet):
    """Notices are read by the user they are for, and by nobody else."""

    owner_lookup = "user"

    def unread(self) -> Self:
        """Notices that were not opened yet."""
        return self.filter(read_at__isnull=True)

    def leading_to(self, *pages: str, until: dt.datetime | None = None) -> Self:
        """What leads to one of the addresses PAGES and was not opened yet; UNTIL a moment, if given."""
        found = self.unread().filter(url__in=pages)
        return found if until is None else found.filter(created_at__lte=until)

    def unread_first(self) -> Self:
        """What was not opened yet, then the rest; the newest first in both."""
        is_unread = ExpressionWrapper(Q(read_at__isnull=True), output_field=BooleanField())
        return self.alias(is_unread=is_unread).order_by("-is_unread", "-created_at", "-pk")


class Notice(models.Model):
    """A sentence for one user, with the page it is about and, sealed, what more is to be said.

    Who views his pages for him reads nothing of a private one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="收信人",
        on_delete=models.CASCADE,
        related_name="notices",
    )
    text = models.CharField("内容", max_length=200)
    detail = SealedTextField("详情", blank=True)
    url = models.CharField("页面", max_length=200, blank=True)
    is_private = models.BooleanField("只给本人看", default=False)
    created_at = models.DateTimeField("时间", default=timezone.now, editable=False)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.text
