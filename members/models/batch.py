"""What was registered together by one list, and can be taken back together (house §5)."""

from django.conf import settings
from django.db import models

from core.fields import ByteOrderedCharField


class ListedBatch(models.Model):
    """Who registered a list, where and when, and whether it was taken back.

    ``area_path`` is the smallest territory that holds every branch named, so that the bureau there
    sees the batch.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", on_delete=models.PROTECT, related_name="+"
    )
    area_path = ByteOrderedCharField("区划路径", max_length=40, blank=True, db_index=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)
    undo_reason = models.CharField("撤回原因", max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back as a whole."""
        return self.undone_at is not None
