"""A managing link that the member's home proposes and the branch that would receive him confirms (SYS-04)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.constraints import CheckConstraint, UniqueConstraint
from members.enums import LINK_KINDS, AffiliationKind, ProposalState
from members.querysets import LinkProposalManager
from members.rules import proposal as rules


class LinkProposal(models.Model):
    """One proposal: who would take part where, of what kind and since when, and what became of it.

    ``home`` is the tie from which it was made: whoever moved, left or died is not there any more,
    and the proposal cannot be answered. The host reads nothing of the member but his name.
    """

    member = models.ForeignKey(
        "members.Member",
        verbose_name="党员",
        on_delete=models.PROTECT,
        related_name="link_proposals",
    )
    home = models.ForeignKey(
        "members.Affiliation",
        verbose_name="隶属",
        on_delete=models.PROTECT,
        related_name="+",
    )
    branch = models.ForeignKey(
        "branches.Branch", verbose_name="活动组织", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(
        "关系",
        max_length=12,
        choices=[each for each in AffiliationKind.choices if each[0] in LINK_KINDS],
    )
    started_on = models.DateField("开始日期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("申请时间", default=timezone.now, editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=ProposalState, default=ProposalState.WAITING
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_at = models.DateTimeField("办理时间", null=True, blank=True)
    reason = models.CharField("婉拒原因", max_length=100, blank=True)

    objects = LinkProposalManager()

    class Meta:
        verbose_name = verbose_name_plural = "活动组织申请"
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            # What is due is asked on every front page, and is a few of all that were ever answered.
            models.Index(
                fields=["branch"],
                condition=Q(state=ProposalState.WAITING),
                name="link_proposal_waiting",
            )
        ]
        constraints = [
            UniqueConstraint(
                fields=["home", "branch"],
                condition=Q(state=ProposalState.WAITING),
                name="link_proposal_once",
                violation_error_message=rules.ASKED,
            ),
            CheckConstraint(
                condition=Q(state=ProposalState.WAITING, settled_at__isnull=True)
                | ~Q(state=ProposalState.WAITING) & Q(settled_at__isnull=False),
                name="link_proposal_settled",
                violation_error_message="办过的申请要有办理时间。",
            ),
            CheckConstraint(
                condition=~Q(state=ProposalState.DECLINED) | ~Q(reason=""),
                name="link_proposal_reason",
                violation_error_message="婉拒要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_kind_display()} {self.branch}"

    @property
    def fault(self) -> str:
        """Return why it cannot be answered any more though nobody did; empty while it can."""
        return rules.lapse(
            left=self.home.ended_on is not None, dissolved=self.branch.dissolved_on is not None
        )

    @property
    def is_waiting(self) -> bool:
        """Whether it can be answered."""
        return self.state == ProposalState.WAITING and not self.fault

    @property
    def standing(self) -> str:
        """Return where it stands, in a word."""
        if self.state == ProposalState.WAITING and self.fault:
            return rules.LAPSED
        return str(self.get_state_display())
