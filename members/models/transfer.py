"""组织关系转接 on its way: letters of introduction, one or a whole batch of them (SYS-15)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.constraints import CheckConstraint, UniqueConstraint
from members.enums import TransferState
from members.models.batch import ListedBatch
from members.querysets import TransferBatchManager, TransferManager
from members.rules import transfer as rules


class TransferBatch(ListedBatch):
    """Members handed over together by a unit under one agreement (整建制转接).

    The list of names is its transfers; what is placed, on the way and missing is counted from
    them against ``handed_over``.
    """

    unit = models.CharField("移交单位", max_length=100)
    agreement = models.CharField("移交协议或文件", max_length=100)
    handed_over_on = models.DateField("移交日期")
    handed_over = models.PositiveIntegerField("移交人数")
    venue_support = models.CharField("场地支持", max_length=100, blank=True)
    fund_support = models.CharField("经费支持", max_length=100, blank=True)

    objects = TransferBatchManager()

    class Meta:
        verbose_name = verbose_name_plural = "整建制转接"
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            CheckConstraint(
                condition=Q(handed_over__gt=0),
                name="transfer_batch_somebody",
                violation_error_message="移交人数至少是1。",
            ),
            UniqueConstraint(
                fields=["unit", "agreement", "by"],
                condition=Q(undone_at__isnull=True),
                name="transfer_batch_once",
                violation_error_message="您登记过这家单位的这份协议。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.agreement}）"


class Transfer(models.Model):
    """One member on the way from one branch to another, with his letter of introduction.

    Until he is received the issuing branch keeps him: his home stays (domain R-TR-05). ``moves_on``
    is the day on the list, ``due_on`` the last day on which the letter is good.
    """

    batch = models.ForeignKey(
        TransferBatch,
        verbose_name="整建制转接",
        on_delete=models.PROTECT,
        related_name="transfers",
    )
    member = models.ForeignKey(
        "members.Member", verbose_name="党员", on_delete=models.PROTECT, related_name="transfers"
    )
    from_branch = models.ForeignKey(
        "branches.Branch", verbose_name="转出党支部", on_delete=models.PROTECT, related_name="+"
    )
    to_branch = models.ForeignKey(
        "branches.Branch", verbose_name="转入党支部", on_delete=models.PROTECT, related_name="+"
    )
    # Left with the old branch; entered again where the whole batch is taken back.
    from_group = models.ForeignKey(
        "branches.Branch",
        verbose_name="原党小组",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    letter_no = models.CharField("介绍信编号", max_length=100)
    issued_on = models.DateField("开具日期")
    valid_days = models.PositiveSmallIntegerField("有效天数")
    due_on = models.DateField("有效期至")
    dues_paid_to = models.DateField("党费交至", null=True, blank=True)
    moves_on = models.DateField("转接日期")
    state = models.CharField(
        "状态", max_length=10, choices=TransferState, default=TransferState.IN_TRANSIT
    )
    received_on = models.DateField("接收日期", null=True, blank=True)
    receipt_on = models.DateField("回执日期", null=True, blank=True)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    reason = models.CharField("退回原因", max_length=100, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = TransferManager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系转接"
        ordering = ["due_on", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["state", "due_on"], name="transfer_state_due")]
        constraints = [
            UniqueConstraint(
                fields=["member"],
                condition=Q(state=TransferState.IN_TRANSIT),
                name="transfer_one_on_the_way",
                violation_error_message="这位同志已有一项在途的转接。",
            ),
            CheckConstraint(
                condition=~Q(from_branch=F("to_branch")),
                name="transfer_elsewhere",
                violation_error_message="转入和转出不能是同一个党支部。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}：{self.from_branch} → {self.to_branch}"

    @property
    def is_on_the_way(self) -> bool:
        """Whether it waits to be received."""
        return self.state == TransferState.IN_TRANSIT

    @property
    def waits_for_receipt(self) -> bool:
        """Whether it was received and no receipt went back yet."""
        return self.state == TransferState.RECEIVED and self.receipt_on is None

    def overdue_words(self, day: dt.date | None = None) -> str:
        """Return 已逾期1天 on DAY (today by default); empty while the letter is good or it is settled."""
        if not self.is_on_the_way:
            return ""
        return rules.overdue_words(self.due_on, day or timezone.localdate())
