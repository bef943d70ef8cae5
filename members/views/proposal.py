"""Managing links that wait for the other side: proposed here, confirmed or declined there (SYS-04)."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.models import Branch
from branches.scoping import get_editable_or_404, get_visible_or_404
from core.access import signed_in
from core.dates import words
from core.display import Mark
from core.drafts import data_for, discard, survives_sign_in
from core.forms import add_refusal
from core.models import User
from members import actions
from members.actions.proposal import VERB
from members.enums import ProposalState
from members.forms import DeclineForm, LinkProposalForm
from members.models import LinkProposal, Member

MAY_LINK = permission_required(VERB, raise_exception=True)
form_page = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 30  # of each side's latest
_TONES = {ProposalState.WAITING.label: "plan", ProposalState.CONFIRMED.label: "ok"}


@MAY_LINK
@never_cache
@form_page
@survives_sign_in
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a branch of the district, by its name, to receive a member for activities."""
    user = signed_in(request)
    member = get_editable_or_404(Member.objects.select_related("branch"), user, pk=pk)
    form = LinkProposalForm(data_for(request), user=user)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = actions.propose_link(by=user, member=member, place=given.pop("branch"), **given)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            discard(request)
            return redirect("members:proposal", pk=made.pk)
    return render(request, "members/propose.html", {"member": member, "form": form})


@MAY_LINK
@never_cache
@require_safe
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits for this branch's answer, and what it asked of others."""
    user = signed_in(request)
    branch = get_editable_or_404(Branch, user, pk=pk)
    rows = LinkProposal.objects.visible_to(user).select_related("member", "branch", "home__branch")
    due = rows.waiting().filter(branch=branch).order_by("pk")
    asked = rows.filter(home__branch=branch)
    context = {
        "branch": branch,
        "due": [_line(each, each.home.branch) for each in due[:SHOWN]],
        "asked": [_line(each, each.branch) for each in asked[:SHOWN]],
    }
    return render(request, "members/proposals.html", context)


@MAY_LINK
@never_cache
@form_page
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one proposal; its one button confirms it, for who looks after the host."""
    user = signed_in(request)
    found = _found(user, pk)
    refusal = ""
    if request.method == "POST":
        _require(found.is_host, "由接收的党支部确认。")
        try:
            actions.confirm_link(by=user, proposal=found)
        except ValidationError as refused:
            refusal, found = refused.messages[0], _found(user, pk)
        else:
            return redirect("members:proposal", pk=pk)
    return render(request, "members/proposal.html", _about(found) | {"refusal": refusal})


@MAY_LINK
@never_cache
@form_page
@survives_sign_in
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a proposal, with a reason."""
    user = signed_in(request)
    found = _found(user, pk)
    _require(found.is_host, "由接收的党支部答复。")
    form = DeclineForm(data_for(request), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline_link(by=user, proposal=found, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            discard(request)
            return redirect("members:proposal", pk=pk)
    return render(request, "members/proposal_decline.html", _about(found) | {"form": form})


@MAY_LINK
@never_cache
@form_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back, after asking."""
    user = signed_in(request)
    found = _found(user, pk)
    _require(found.is_home, "由提出申请的党支部撤回。")
    if request.method == "POST":
        with suppress(ValidationError):  # the page it leads to says what became of it meanwhile
            actions.withdraw_proposal(by=user, proposal=found)
        return redirect("members:proposal", pk=pk)
    return render(request, "members/proposal_withdraw.html", _about(found))


def _found(user: User, pk: int) -> Any:
    return get_visible_or_404(
        LinkProposal.objects.with_sides(user).select_related(
            "member", "branch", "home__branch", "by"
        ),
        user,
        pk=pk,
    )


def _require(is_theirs: bool, words: str) -> None:
    if not is_theirs:
        raise PermissionDenied(f"这次申请{words}")


def _about(found: Any) -> dict[str, Any]:
    """Return what both sides are shown: of the member only his name and his home (P6)."""
    facts = [
        ("同志", found.member.name),
        ("组织关系在", found.home.branch.label),
        ("活动组织", found.branch.label),
        ("关系", found.get_kind_display()),
        ("从哪天起", words(found.started_on)),
        ("申请人", str(found.by)),
    ]
    if found.reason:
        facts.append(("婉拒原因", found.reason))
    return {"proposal": found, "facts": facts, "mark": _mark(found)}


def _mark(proposal: LinkProposal) -> Mark:
    return Mark(proposal.standing, _TONES.get(proposal.standing, "off"))


def _line(proposal: LinkProposal, other: Branch) -> dict[str, Any]:
    return {
        "what": proposal.member.name,
        "sub": f"{other.label}，{proposal.get_kind_display()}活动",
        "mark": _mark(proposal),
        "url": reverse("members:proposal", args=[proposal.pk]),
    }
