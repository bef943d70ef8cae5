"""One home, many managing links, all dated (SYS-04, SYS-05)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.constraints import CheckConstraint, UniqueConstraint
from core.dates import words
from members.enums import AffiliationKind
from members.models.batch import ListedBatch
from members.querysets import AffiliationManager, LinkBatchManager


class Affiliation(models.Model):
    """A member's dated tie to a branch: 隶属 (exactly one current) or a managing link by kind.

    Corrections end a row and start another; nothing is deleted. ``started_on`` empty means the
    date is not known; ``withdrawn_on`` takes back a tie that should never have been.
    """

    member = models.ForeignKey(
        "members.Member",
        verbose_name="党员",
        on_delete=models.PROTECT,
        related_name="affiliations",
    )
    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="党组织",
        on_delete=models.PROTECT,
        related_name="affiliations",
    )
    kind = models.CharField("关系", max_length=12, choices=AffiliationKind)
    started_on = models.DateField("开始日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    document = models.CharField("依据", max_length=100, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True)
    # A tie that was a mistake: it stays on record and was never in force.
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, editable=False)
    # The batch that made the row; no constraint or index: half a million checks cost seconds.
    roster_batch = models.ForeignKey(
        "members.RosterBatch",
        verbose_name="导入批次",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # The sheet that began the row; the index below has only rows that came by one.
    link_batch = models.ForeignKey(
        "members.LinkBatch",
        verbose_name="活动组织登记表",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    objects = AffiliationManager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        ordering = ["member", "pk"]
        indexes = [
            # With the member: whose ties a sheet began is read from the index alone.
            models.Index(
                fields=["link_batch", "member"],
                condition=Q(link_batch__isnull=False),
                name="affiliation_link_batch",
            )
        ]
        constraints = [
            UniqueConstraint(
                fields=["member"],
                condition=Q(kind=AffiliationKind.HOME, ended_on__isnull=True),
                name="affiliation_one_home",
                violation_error_message="这位同志已有隶属的党支部，请先办理组织关系转接。",
            ),
            UniqueConstraint(
                fields=["member", "branch", "kind"],
                condition=Q(ended_on__isnull=True),
                name="affiliation_once",
                violation_error_message="这位同志已在这个组织，不用重复登记。",
            ),
            CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="affiliation_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_kind_display()} {self.branch}"

    @property
    def is_home(self) -> bool:
        """Whether this is 隶属."""
        return self.kind == AffiliationKind.HOME

    @property
    def basis(self) -> str:
        """What it rests on: its document, else the list that brought it and when; and why it ended.

        Reads ``roster_batch`` and ``link_batch``.
        """
        return "；".join(filter(None, (self.document or self._list, self.end_reason)))

    @property
    def _list(self) -> str:
        if self.roster_batch is not None:
            return f"党员名册，{words(timezone.localdate(self.roster_batch.created_at))}导入"
        if self.link_batch is not None:
            return f"活动组织登记表，{words(timezone.localdate(self.link_batch.created_at))}登记"
        return ""

    @property
    def ending(self) -> dt.date | str:
        """Until when: a day, 至今, or 已撤回 of a tie that was a mistake and never in force."""
        if self.withdrawn_on is not None:
            return "已撤回"
        return self.ended_on or "至今"


class LinkBatch(ListedBatch):
    """The managing links that one sheet began, so that they can be taken back together.

    The territory is that of both ends.
    """

    number = models.PositiveIntegerField("登记个数")
    file_name = models.CharField("文件名", max_length=255, blank=True)

    objects = LinkBatchManager()

    class Meta:
        verbose_name = verbose_name_plural = "活动组织登记表"
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        name = f"（{self.file_name}）" if self.file_name else ""
        day = words(timezone.localdate(self.created_at))
        return f"活动组织登记表 {day} {self.number:,}个关系{name}"
