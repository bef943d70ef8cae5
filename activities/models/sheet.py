"""A printed sign-in sheet: which member stands in which row."""

from django.conf import settings
from django.db import models

from activities.querysets import SignInSheetManager


class SignInSheet(models.Model):
    """The order of the rows of one printed sheet, so that typed numbers mean the same people.

    ``serial`` counts the sheets of a branch in a month: a roster that changed gets a new sheet,
    the old one keeps its meaning.
    """

    branch = models.ForeignKey(
        "branches.Branch", verbose_name="党组织", on_delete=models.PROTECT, related_name="+"
    )
    period = models.CharField("月份", max_length=7)
    serial = models.PositiveSmallIntegerField("第几张")
    member_ids = models.JSONField("行的次序", default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="打印人", on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField("打印时间", auto_now_add=True)

    objects = SignInSheetManager()

    class Meta:
        verbose_name = verbose_name_plural = "签到表"
        ordering = ["branch", "period", "serial"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "period", "serial"],
                name="sign_in_sheet_serial",
                violation_error_message="这张签到表已经有了，请刷新后再打印。",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code printed in the corner, such as 2611-2."""
        return f"{self.period[2:4]}{self.period[5:]}-{self.serial}"
