"""One member as a secretary may see him: the card, filling in, opening what is masked, his account."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.scoping import get_editable_or_404, get_visible_or_404, is_editable
from core import impersonation
from core.access import signed_in
from core.display import date_words
from core.drafts import data_for, discard, keep_sent, own_fields, sent_to, survives_sign_in
from core.first_password import last_day_of
from core.models import User
from core.parameters import Parameters
from members import actions
from members.actions.proposal import VERB
from members.actions.request import OPEN_DAYS
from members.columns import CONTACT, HEALTH, SEALED
from members.display import facts_of, revealed, sections_of
from members.enums import AffiliationKind, MemberRequest
from members.forms import MemberFillForm, OfficeRequestForm, RevealForm
from members.models import Affiliation, LinkProposal, Member
from members.parameters import area_code_of, lacks_contact, modules_off
from members.rules import modules
from members.rules.missing import OLD_AGE, labels

MAY_SEE = permission_required("members.view_member", raise_exception=True)
MAY_CHANGE = permission_required("members.change_member", raise_exception=True)
MAY_REVEAL = permission_required("members.reveal_member", raise_exception=True)
_NAMES = "columns"
form_page = require_http_methods(["GET", "HEAD", "POST"])


@MAY_SEE
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a member; who only comes here for activities, without health, remarks and year of birth (P6)."""
    user = signed_in(request)
    member = get_visible_or_404(
        Member.objects.select_related("branch__area", "group", "community", "grid"), user, pk=pk
    )
    is_own = is_editable(member, user)
    if not is_own and member.user_id == user.pk:
        return redirect("members:profile")
    links = Affiliation.objects.visible_to(user).current().exclude(kind=AffiliationKind.HOME)
    known = Parameters(OPEN_DAYS, OLD_AGE, *modules.COLUMNS)
    hidden = _left_out(is_own and user.has_perm("members.reveal_member"))
    hidden |= modules_off(area_code_of(member), known)
    if impersonation.of(request):
        hidden |= Member.private_fields
    sections = sections_of(member, mask=True, leave_out=hidden, birthday_only=not is_own)
    context = {
        "member": member,
        "is_own": is_own,
        "sections": sorted(sections, key=lambda section: section[0] != CONTACT),
        "contact": next((title for title, _ in sections if title == CONTACT), ""),
        "links": links.filter(member=member).select_related("branch").order_by("pk"),
        "lacking": labels(member.missing_fields) if is_own else [],
        "asks_office": is_own and _asks_office(user, member),
    }
    if is_own:
        context["waiting"] = actions.waiting_requests(member, known)
        context["asks_contact"] = lacks_contact(member, known)
        context |= _proposing(user, member)
    return render(request, "members/card.html", context)


@impersonation.closed
@MAY_CHANGE
@form_page
@survives_sign_in
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in what is missing and keep contacts up to date."""
    user = signed_in(request)
    member = get_editable_or_404(
        Member.objects.select_related(
            "branch__area", "branch__kind", "group", "community", "grid"
        ).with_link_paths(),
        user,
        pk=pk,
    )
    form = MemberFillForm(data_for(request), instance=member, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_member(
                by=user,
                member=member,
                version=form.cleaned_data["version"],
                note=form.cleaned_data["reason"],
                **form.values(),
            )
        except actions.Conflict as conflict:
            form = MemberFillForm(request.POST, instance=conflict.current, user=user)
        except ValidationError as refusal:
            # What stood when the form was checked may be over by now.
            form.refuse(refusal)
        else:
            discard(request)
            return to_saved(request, member, form.changed_data)
    return render(request, "members/edit.html", {"member": member, "form": form})


@MAY_CHANGE
@form_page
@survives_sign_in
def ask_office(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the office for a transfer or 已故; the card then says that it was asked (P10)."""
    user = signed_in(request)
    member = get_editable_or_404(Member.objects.select_related("branch"), user, pk=pk)
    after = reverse("members:asked", args=[pk])
    before = sent_to(request, after) if "again" in request.GET else None
    form = OfficeRequestForm(data_for(request), user=user, initial=before and before.dict())
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_office(by=user, member=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard(request)
            keep_sent(request, after, own_fields(form))
            return redirect(after)
    return render(request, "members/ask_office.html", {"member": member, "form": form})


@MAY_CHANGE
@never_cache
@require_safe
def asked(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the office was asked for, as it was written."""
    user = signed_in(request)
    member = get_editable_or_404(Member.objects.select_related("branch"), user, pk=pk)
    form = OfficeRequestForm(sent_to(request, request.path), user=user)
    if not form.is_valid():  # it was sent long ago, or something else since
        return redirect("members:card", pk=pk)
    said = form.cleaned_data
    facts = [
        (form["kind"].label, MemberRequest(said["kind"]).label),
        (form["on"].label, date_words(said["on"], today=timezone.localdate(), full=True)),
        (form["text"].label, said["text"] or "没有写"),
    ]
    return render(request, "members/asked.html", {"member": member, "facts": facts})


def to_saved(
    request: HttpRequest, member: Member, names: Iterable[str], *, query: str = ""
) -> HttpResponse:
    """Lead to the page that says of the columns NAMES how they are registered now."""
    after = reverse("members:saved", args=[member.pk])
    keep_sent(request, after, [(_NAMES, list(names))])
    return redirect(after + query)


@MAY_CHANGE
@require_safe
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was saved, and what is still missing."""
    member = get_editable_or_404(
        Member.objects.select_related("branch", "group", "community"), signed_in(request), pk=pk
    )
    sent = sent_to(request, request.path)
    context = {
        "member": member,
        "facts": facts_of(member, sent.getlist(_NAMES)) if sent else [],
        "lacking": labels(member.missing_fields),
        "is_new": "new" in request.GET,
    }
    return render(request, "members/saved.html", context)


@MAY_REVEAL
@never_cache
@form_page
@impersonation.closed
@survives_sign_in
def open_sealed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show masked values in full for this once, after a reason; each is on record."""
    user = signed_in(request)
    member = get_editable_or_404(Member, user, pk=pk)
    form = RevealForm(data_for(request), user=user, row=member)
    facts: Any = None
    if request.method == "POST" and form.is_valid():
        try:
            which = form.cleaned_data["which"]
            opened = revealed(user, member, **form.cleaned_data)
            facts = [
                (word, value, _to_ring(member, name, value))
                for name, (word, value) in zip(which, opened, strict=True)
            ]
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard(request)
    return render(request, "members/reveal.html", {"member": member, "form": form, "facts": facts})


@MAY_CHANGE
@never_cache
@form_page
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an account, or give it a new first password, on a card that is shown once and printed."""
    user = signed_in(request)
    member = get_editable_or_404(Member, user, pk=pk)
    context: dict[str, Any] = {"member": member}
    if request.method == "POST":
        try:
            context["account"], context["password"] = actions.open_account(by=user, member=member)
        except ValidationError as refusal:
            context["refusal"] = refusal.messages[0]
        else:
            context["last_day"] = last_day_of(context["account"])
            return render(request, "members/first_card.html", context)
    return render(request, "members/account.html", context)


def _asks_office(user: User, member: Member) -> bool:
    """Whether USER asks for transfers and 已故 instead of doing them."""
    if member.branch_id is None or member.deceased_on is not None:
        return False
    return user.has_perm("members.change_member") and not user.has_perm("members.transfer_member")


def _proposing(user: User, member: Member) -> dict[str, Any]:
    """Return what was proposed for MEMBER and waits, and whether more may be (SYS-04; one query)."""
    if not user.has_perm(VERB) or member.branch_id is None or member.deceased_on is not None:
        return {}
    waiting = LinkProposal.objects.visible_to(user).waiting().filter(member=member)
    return {"may_propose": True, "proposals": waiting.select_related("branch").order_by("pk")}


def _to_ring(member: Member, name: str, value: str) -> str:
    """Return the digits that a link rings; an invented number of the demo is nobody's to ring."""
    is_number = SEALED[name] == "phone" and not member.is_demo
    return "".join(filter(str.isdigit, value)) if is_number else ""


def _left_out(is_own: bool) -> set[str]:
    if is_own:
        return {"name", "dues_base"}
    return {"name", "dues_base", "remark", "birth_date_archive", "birth_date_reason", *HEALTH}
