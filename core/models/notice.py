"""Notices to one user."""

from django.conf import settings
from django.db import models

from core.querysets import OwnedQuerySet


class NoticeQuerySet(OwnedQuerySet):
    """Notices belong to the user they are for."""

    owner_lookup = "user"


class Notice(models.Model):
    """A sentence for one user, with the page it is about."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="收信人",
        on_delete=models.CASCADE,
        related_name="notices",
    )
    text = models.CharField("内容", max_length=200)
    url = models.CharField("页面", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.text
