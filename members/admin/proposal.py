"""Managing links that wait for the other side's word, and what became of them (SYS-04)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from branches.acting import ScopedActPages
from branches.forms import ActForm
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.admin.base import HouseAdmin
from members import actions
from members.actions.proposal import VERB
from members.admin.listing import OneVerbMixin
from members.enums import ProposalState
from members.forms import DeclineForm
from members.models import LinkProposal
from members.rules.proposal import LAPSED

DUE, LAPSED_STATE = "due", "lapsed"


def _confirm(request: HttpRequest, proposal: LinkProposal, given: dict[str, Any]) -> Outcome:
    actions.confirm_link(by=signed_in(request), proposal=proposal)
    return f"已确认，{proposal.member.name}同志可以到{proposal.branch.label}参加活动。"


def _decline(request: HttpRequest, proposal: LinkProposal, given: dict[str, Any]) -> Outcome:
    actions.decline_link(by=signed_in(request), proposal=proposal, **given)
    return "已婉拒，原来的支部会收到提醒。"


def _withdraw(request: HttpRequest, proposal: LinkProposal, given: dict[str, Any]) -> Outcome:
    actions.withdraw_proposal(by=signed_in(request), proposal=proposal)
    return "已撤回，对方不用再答复。"


def _is_the_host_s(proposal: Any) -> bool:
    return bool(proposal.is_waiting and proposal.is_host)


CONFIRM = Act(
    "confirm",
    "确认",
    "确认",
    "确认以后，这位同志列在接收的党支部“来参加活动”的名册里，隶属不变；原来的支部会收到提醒。",
    VERB,
    ActForm,
    _confirm,
    _is_the_host_s,
)
DECLINE = Act(
    "decline",
    "婉拒",
    "告诉对方",
    "资料不变。以后方便了，对方可以再申请。",
    VERB,
    DeclineForm,
    _decline,
    _is_the_host_s,
)
WITHDRAW = Act(
    "withdraw",
    "撤回",
    "撤回",
    "对方不用再答复，资料不变。以后可以再申请。",
    VERB,
    ActForm,
    _withdraw,
    lambda proposal: proposal.is_waiting and proposal.is_home,
)


class StandingFilter(admin.SimpleListFilter):
    """Where a proposal stands, and first what waits for the reader himself."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what waits for the reader, the states, and what lapsed."""
        return [(DUE, "等我们确认"), *ProposalState.choices, (LAPSED_STATE, LAPSED)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the proposals that stand so."""
        if self.value() == DUE:
            return queryset.to_answer(signed_in(request))
        if self.value() == LAPSED_STATE:
            return queryset.lapsed()
        if self.value() == ProposalState.WAITING:
            return queryset.waiting()
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(LinkProposal)
class LinkProposalAdmin(ScopedActPages, OneVerbMixin, HouseAdmin):
    """Who asked whom for what, and the answer; answered and taken back by acts."""

    acts = (CONFIRM, DECLINE, WITHDRAW)
    prefix = "proposal"
    verb = VERB
    list_display = ("member", "comes_from", "branch", "kind", "started_on", "stands", "by")
    list_filter = (StandingFilter,)
    list_select_related = ("member", "home__branch", "branch", "by")
    sortable_by = ()
    ordering = ("-pk",)
    fields = (
        *("member", "comes_from", "branch", "kind", "started_on", "by", "created_at"),
        *("stands", "why", "settled_by", "settled_at"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read with each proposal whose side the reader is on."""
        rows = super().get_queryset(request).with_sides(signed_in(request))
        return rows.select_related(*self.list_select_related, "settled_by")

    def row_to_act_on(self, request: HttpRequest, pk: int) -> Any:
        """Return the proposal with its sides."""
        return get_editable_or_404(self.get_queryset(request), signed_in(request), pk=pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a proposal begins with an act on the member."""
        return False

    @admin.display(description="组织关系在")
    def comes_from(self, proposal: LinkProposal) -> str:
        """Show the home."""
        return proposal.home.branch.label

    @admin.display(description="状态")
    def stands(self, proposal: LinkProposal) -> str:
        """Show where it stands."""
        return proposal.standing

    @admin.display(description="说明")
    def why(self, proposal: LinkProposal) -> str:
        """Show why it was declined, or can be answered no more."""
        lapsed = proposal.fault if proposal.standing == LAPSED else ""
        return proposal.reason or lapsed or "—"
