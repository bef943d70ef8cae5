"""The audit trail: one row per human act, one per batch."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from core.fields import ByteOrderedCharField
from core.querysets import AuditEventQuerySet


class AuditEvent(models.Model):
    """Who did what to which object, when, from what to what; append-only (security §2.2, §3).

    Secrets (sealed fields, passwords) are named in ``after`` as changed, never shown.
    """

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    # No constraint: an account may go with demo data, the trail stays and keeps the name.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    by_name = models.CharField("操作人姓名", max_length=50, blank=True)
    ip = models.GenericIPAddressField("来源地址", null=True)
    act = models.CharField("操作", max_length=50, db_index=True)
    object_type = models.CharField("对象类别", max_length=50, blank=True)
    object_id = models.CharField("对象编号", max_length=40, blank=True)
    object_label = models.CharField("对象", max_length=100, blank=True)
    area_path = ByteOrderedCharField("区划路径", max_length=40, blank=True, db_index=True)
    before = models.JSONField("之前", default=dict, blank=True)
    after = models.JSONField("之后", default=dict, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.by_name} {self.act} {self.object_label}"

    def save(self, *args: Any, **options: Any) -> None:
        """Write once; a second write is refused (append-only)."""
        if self.pk is not None:
            raise TypeError("The audit trail is append-only.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        """Refuse: the trail is append-only."""
        raise TypeError("The audit trail is append-only.")

    @property
    def model(self) -> type[models.Model] | None:
        """The model of the object, if there still is one."""
        try:
            return apps.get_model(self.object_type) if self.object_type else None
        except LookupError:
            return None


class AuditSeal(models.Model):
    """A keyed digest over a run of audit rows and the seal before it: what was sealed stays provable."""

    first_id = models.BigIntegerField("从")
    last_id = models.BigIntegerField("到", unique=True)
    count = models.PositiveIntegerField("条数")
    digest = models.CharField("封签", max_length=22)
    sealed_at = models.DateTimeField("封存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作记录封签"
        ordering = ["last_id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.first_id}-{self.last_id}"
