"""A photo of an activity."""

from django.db import models

from activities.querysets import PhotoManager


class Photo(models.Model):
    """One photo with its small copy: optional, never a condition of anything (house §1.6).

    ``digest`` is that of the photo as it is kept: the same one sent twice is one.
    """

    activity = models.ForeignKey(
        "activities.Activity",
        verbose_name="活动",
        on_delete=models.CASCADE,
        related_name="photos",
    )
    file = models.OneToOneField(
        "core.StoredFile", verbose_name="照片", on_delete=models.PROTECT, related_name="+"
    )
    small = models.OneToOneField(
        "core.StoredFile", verbose_name="小图", on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField("摘要", max_length=64)

    objects = PhotoManager()

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "digest"],
                name="photo_once",
                violation_error_message="这张照片已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity}的照片"
