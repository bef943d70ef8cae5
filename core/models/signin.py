"""What signing in keeps: tries a day, and forms that were sent after a session had ended."""

from django.conf import settings
from django.db import models

from core.fields import SealedTextField
from core.querysets import PrivateQuerySet


class Allowance(models.Model):
    """How many tries a key has used on one day; counted by a single UPDATE, so none slips through."""

    key = models.CharField("对象", max_length=40)
    day = models.DateField("日期")
    used = models.PositiveIntegerField("已用", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "次数"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="allowance_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.used}"


class FormDraft(models.Model):
    """What somebody had filled in when his session had ended: sealed, for him alone, for a day.

    ``body`` is JSON: a list of (field, list of values), without files and passwords.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.CASCADE, related_name="+"
    )
    path = models.CharField("页面", max_length=300)
    body = SealedTextField("内容")
    saved_at = models.DateTimeField("时间", auto_now=True, db_index=True)

    objects = PrivateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "没交上的表"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "path"], name="form_draft_once_a_page")
        ]

    def __str__(self) -> str:
        return self.path
