"""我的资料: all that the portal holds about oneself, and who looked at it (domain §6.12)."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.lineage import chain_of
from core import audit, impersonation
from core.access import signed_in
from core.drafts import data_for, discard, keep_sent, own_fields, sent_to, survives_sign_in
from core.parameters import Parameters
from members import actions
from members.actions.correction import ANSWER_DAYS
from members.changes import changes_of
from members.display import facts_of, sections_of
from members.enums import Consent, CorrectionKind
from members.forms import CorrectionForm
from members.models import Affiliation, Member
from members.own_data import as_json, as_workbook, sheets_of
from members.rules import consents

WRITERS = {
    "xlsx": (as_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (as_json, "application/json"),
}


@never_cache
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show one's own record in full, one's branches, and who looked at what in twelve months.

    Whoever views the page for its owner sees it masked, and nothing of health, hardship, remarks or
    what was agreed to.
    """
    member, viewed = _myself(request), impersonation.of(request)
    openings, viewings = audit.looks_at(member, signed_in(request))
    hidden = Member.private_fields if viewed else frozenset()
    ties = Affiliation.objects.visible_to(request.user).filter(member=member)
    ties = ties.select_related("branch").order_by("-pk")
    context = {
        "member": member,
        "sections": sections_of(
            member,
            mask=viewed is not None,
            leave_out=hidden,
        ),
        "chain": chain_of(member.branch) if member.branch else None,
        "ties": ties,
        "consents": [
            (which, consents.text_of(which), getattr(member, consents.day_of(which)))
            for which in Consent
            if consents.day_of(which) not in hidden
        ],
        "changes": changes_of(member, ties, leave_out=hidden),
        "openings": openings,
        "viewings": viewings,
    }
    return render(request, "members/profile.html", context)


@never_cache
@require_POST
def own_data(request: HttpRequest) -> HttpResponse:
    """Give the member all that is held about him as a file, his own row only, on record (P24)."""
    member = _myself(request)
    kind = request.POST.get("format", "xlsx")
    if kind not in WRITERS:
        raise Http404("没有这种文件。")
    write, content_type = WRITERS[kind]
    user = signed_in(request)
    body = write(sheets_of(user, member))
    audit.record(by=user, act="导出本人资料", instance=member, note=kind.upper())
    response = HttpResponse(body, content_type=content_type)
    name = f"我的资料.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@survives_sign_in
def correction(request: HttpRequest) -> HttpResponse:
    """Tell who keeps the record what is wrong in it, or what should not be kept."""
    member = _myself(request)
    after = reverse("members:correction-sent")
    before = sent_to(request, after) if "again" in request.GET else None
    form = CorrectionForm(data_for(request), initial=before and before.dict())
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_correction(by=signed_in(request), member=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard(request)
            keep_sent(request, after, own_fields(form))
            return redirect(after)
    return render(request, "members/correction.html", {"member": member, "form": form})


@never_cache
@require_safe
def correction_sent(request: HttpRequest) -> HttpResponse:
    """Say what was told, in his own words."""
    member = _myself(request)
    form = CorrectionForm(sent_to(request, request.path))
    if not form.is_valid():  # it was sent long ago, or something else since
        return redirect("members:profile")
    said = form.cleaned_data
    days = Parameters(ANSWER_DAYS).number(ANSWER_DAYS)
    facts = [("要怎么办", CorrectionKind(said["kind"]).label), ("您写的", said["text"])]
    return render(
        request, "members/correction_sent.html", {"member": member, "facts": facts, "days": days}
    )


@impersonation.closed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, which: str) -> HttpResponse:
    """Ask once more, then take a consent back; where none stands, say so."""
    member, agreed = _myself(request), _named(which)
    if request.method == "POST":
        # Sent twice it is withdrawn already, and the page says just that.
        with suppress(ValidationError):
            actions.withdraw_consent(by=signed_in(request), member=member, which=agreed)
        return redirect("members:consent", which=which)
    name = "confirm" if agreed in consents.given(vars(member)) else "withdrawn"
    context = {"agreed": agreed, "facts": facts_of(member, consents.emptied(agreed))}
    return render(request, f"members/consent_{name}.html", context)


@impersonation.closed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, which: str) -> HttpResponse:
    """Show what a consent says, then take it; where it stands, say since when."""
    member, agreed = _myself(request), _named(which)
    if request.method == "POST":
        with suppress(ValidationError):  # sent twice it stands already
            actions.give_consent(by=signed_in(request), member=member, which=agreed)
        return redirect("members:agree", which=which)
    context = {
        "agreed": agreed,
        "text": consents.text_of(agreed),
        "keeps": consents.keeps(agreed),
        "facts": facts_of(member, [consents.day_of(agreed)]),
    }
    name = "given" if agreed in consents.given(vars(member)) else "give"
    return render(request, f"members/consent_{name}.html", context)


def _named(which: str) -> Consent:
    if which not in Consent.values:
        raise Http404("没有找到这条记录。")
    return Consent(which)


def _myself(request: HttpRequest) -> Member:
    user = signed_in(request)
    rows = Member.objects.visible_to(user).filter(user=user)
    member = rows.select_related("branch", "group", "community", "grid").first()
    if member is None:
        raise Http404("没有找到这条记录。")
    return member
