"""Managing links that one branch proposes and another confirms: each side decides for its own (SYS-04, P20)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from branches import trees
from branches.models import Branch
from branches.paths import SEGMENT
from core import audit
from core.fields import prefix_range
from core.long_numbers import kept_reason
from core.models import Notice, User
from core.text import clean, squeeze
from members.actions import grip, keepers
from members.actions.affiliation import drafted_link, enter_link
from members.actions.request import settle_links
from members.actions.telling import STAYS, tell_hosts
from members.enums import ProposalState
from members.homes import Homes
from members.models import LinkProposal, Member
from members.rules import proposal as rules

# Both sides' pages of one proposal.
PAGES = keepers.Pages("members:proposal", "admin:members_linkproposal_change")
VERB = "members.add_affiliation"
_DOCUMENT = "双方党支部确认"
_SETTLED = ("state", "settled_by", "reason")


def propose_link(
    *, by: User, member: Member, place: str, kind: str, started_on: dt.date | None = None
) -> LinkProposal:
    """Ask the branch called PLACE to receive MEMBER by a managing link of KIND from STARTED_ON (today).

    The link must be one that could begin now (SYS-05). Where the host is the actor's too it is
    registered at once. Sending the same again does nothing. ValidationError by field.
    """
    grip.require_editable(by, member)
    started_on = started_on or timezone.localdate()
    with transaction.atomic():
        branch = grip.steady_place(_host(member, place), is_home=False)
        member = grip.locked(member)
        home = _home_of(member)
        asked = LinkProposal.objects.filter(home=home, branch=branch, state=ProposalState.WAITING)
        if (before := asked.first()) is not None:
            if (before.kind, before.started_on) != (kind, started_on):
                raise ValidationError({"branch": rules.ASKED})
            return before
        drafted_link(member=member, branch=branch, kind=kind, started_on=started_on)
        proposal = LinkProposal(
            member=member, home_id=home, branch=branch, kind=kind, started_on=started_on, by=by
        )
        proposal.full_clean()
        proposal.save()
        _record(by, "申请活动组织", proposal, {})
        if Branch.objects.editable_by(by).filter(pk=branch.pk).exists():
            return confirm_link(by=by, proposal=proposal)
        _ask_host(proposal)
    return proposal


def confirm_link(*, by: User, proposal: LinkProposal) -> LinkProposal:
    """Let the link of PROPOSAL begin; the home, the proposer and the host's secretaries are told.

    Only who looks after the host. What holds for a link is asked again, with both ends held:
    ValidationError where it may not begin any more. Confirming again does nothing.
    """
    grip.require_editable(by, proposal.branch)
    with transaction.atomic():
        held = _held(proposal)
        if held.state == ProposalState.CONFIRMED:
            return held
        rules.check_waiting(held.state, held.fault)
        grip.check_standing(held.branch, is_home=False)
        draft = drafted_link(
            member=held.member,
            branch=held.branch,
            kind=held.kind,
            started_on=held.started_on,
            document=_DOCUMENT,
        )
        enter_link(by=by, link=draft)
        _settle(by, "确认活动组织申请", held, ProposalState.CONFIRMED)
        settle_links(by=by, members=[held.member_id])
        text = f"{held.branch.label}已确认：{held.member.name}同志可以去参加活动"
        _tell_home(by, held, text, STAYS)
        tell_hosts(by=by, numbers={held.branch_id: 1})
    return held


def decline_link(*, by: User, proposal: LinkProposal, reason: str) -> LinkProposal:
    """Refuse PROPOSAL for a REASON, which the home and the proposer are told; again does nothing."""
    grip.require_editable(by, proposal.branch)
    rules.check_reason(reason)
    with transaction.atomic():
        held = _held(proposal)
        if held.state == ProposalState.DECLINED:
            return held
        rules.check_waiting(held.state, held.fault)
        _settle(by, "婉拒活动组织申请", held, ProposalState.DECLINED, kept_reason(reason))
        text = f"{held.branch.label}这次不能接收{held.member.name}同志参加活动"
        _tell_home(by, held, text, f"原话：{held.reason}")
    return held


def withdraw_proposal(*, by: User, proposal: LinkProposal) -> LinkProposal:
    """Take PROPOSAL back, by who looks after the home; the host is not asked any more."""
    grip.require_editable(by, proposal.home.branch)
    with transaction.atomic():
        held = _held(proposal)
        if held.state == ProposalState.WITHDRAWN:
            return held
        rules.check_waiting(held.state, held.fault)
        _settle(by, "撤回活动组织申请", held, ProposalState.WITHDRAWN)
    return held


def _host(member: Member, place: str) -> Branch:
    """Return the branch of the member's district that is called exactly PLACE.

    It lies out of the actor's reach: none is offered, none told that he does not name himself.
    """
    if member.branch is None:
        raise ValidationError(rules.GONE)
    names = {clean(place), squeeze(place)}
    district = prefix_range("area_path", member.branch.area_path[:SEGMENT])
    called = Q(name__in=names) | Q(short_name__in=names - {""})
    found: Branch = rules.the_one(list(Branch.objects.current().filter(district, called)[:2]))
    return found


def _home_of(member: Member) -> int:
    """Return the key of the tie by which MEMBER, whom the caller holds, is at home."""
    if member.branch_id is None or member.deceased_on is not None:
        raise ValidationError(rules.GONE)
    tie = Homes([member.pk]).of(member.pk).tie
    if tie is None:
        raise ValidationError(rules.NO_HOME)
    return tie


def _held(proposal: LinkProposal) -> LinkProposal:
    """Return PROPOSAL read again with both ends kept: every answer holds them (docs/architecture.md)."""
    branch = trees.steady_branch(proposal.branch)
    member = grip.locked(proposal.member)
    held = LinkProposal.objects.select_related("home__branch", "by").get(pk=proposal.pk)
    held.branch, held.member = branch, member
    return held


def _settle(by: User, act: str, held: LinkProposal, state: str, reason: str = "") -> None:
    """Write what became of the proposal; whoever was still asked needs to do nothing more."""
    before = audit.snapshot(held, _SETTLED)
    held.state, held.settled_by, held.settled_at = state, by, timezone.now()
    held.reason = reason
    held.full_clean()
    held.save(update_fields=[*_SETTLED, "settled_at"])
    _record(by, act, held, before)
    Notice.objects.unread().filter(
        url__in=[reverse(page, args=[held.pk]) for page in PAGES]
    ).delete()


def _record(by: User, act: str, proposal: LinkProposal, before: dict[str, object]) -> None:
    names = _SETTLED if before else ("branch", "kind", "started_on")
    audit.record(
        by=by,
        act=act,
        instance=proposal,
        before=before,
        after=audit.snapshot(proposal, names),
        area_path=proposal.member.area_path,
    )


def _ask_host(proposal: LinkProposal) -> None:
    host = keepers.nearest_of(proposal.branch, by=proposal.by, pages=PAGES, key=proposal.pk)
    # One long name a line: a notice has room for no more.
    keepers.tell(
        host,
        text=f"{proposal.member.name}同志想来{proposal.branch.label}参加活动，请您确认",
        detail=f"组织关系在{proposal.home.branch.label}，隶属不变。",
    )


def _tell_home(by: User, held: LinkProposal, text: str, detail: str) -> None:
    """Tell the secretaries of the home, and the proposer while it is his to see; BY never."""
    secretary, office = (reverse(page, args=[held.pk]) for page in PAGES)
    posts = keepers.secretaries_of([held.home.branch_id]).filter(user__is_active=True)
    told = dict.fromkeys(posts.values_list("user", flat=True), secretary)
    if LinkProposal.objects.visible_to(held.by).filter(pk=held.pk).exists():
        told.setdefault(held.by_id, office if held.by.has_office_post else secretary)
    told.pop(by.pk, None)
    keepers.tell_each(
        [keepers.Told(user, page, text) for user, page in told.items()], detail=detail
    )
