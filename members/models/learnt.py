"""What a bureau's people said about their rosters once, so that nobody is asked again."""

from django.conf import settings
from django.db import models

from core.fields import ByteOrderedCharField
from members.querysets import BranchAliasQuerySet


class RosterHeading(models.Model):
    """What a heading means in a district's rosters: a field, or nothing that is imported."""

    district = models.CharField("区县代码", max_length=6, blank=True)
    heading = models.CharField("表头", max_length=50)
    field = models.CharField("栏目", max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁认的", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("什么时候", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "认过的表头"
        ordering = ["district", "heading"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["district", "heading"], name="roster_heading_once")
        ]

    def __str__(self) -> str:
        return self.heading


class BranchAlias(models.Model):
    """What a district's rosters call a branch beside its name and code.

    ``key`` is the form in which names are compared (``members.roster.lookups.comparable``).
    ``area_path`` is the territory of whoever taught it: it holds for rosters from inside only, and
    nowhere while it is empty.
    """

    district = models.CharField("区县代码", max_length=6, blank=True)
    key = models.CharField(max_length=100, editable=False)
    name = models.CharField("名册里的写法", max_length=100)
    area_path = ByteOrderedCharField("管到哪里", max_length=40, blank=True, editable=False)
    branch = models.ForeignKey(
        "branches.Branch", verbose_name="党支部", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁认的", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("什么时候", auto_now=True)

    objects = BranchAliasQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党支部别名"
        ordering = ["district", "name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["district", "key", "area_path"],
                name="branch_alias_once",
                violation_error_message="这个写法已经认作一个党支部。",
            )
        ]

    def __str__(self) -> str:
        return self.name
