"""我的资料: all that the portal holds about oneself, and who looked at it (domain §6.12)."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import audit
from core.access import signed_in
from core.drafts import data_for, discard, survives_sign_in
from members import actions
from members.display import sections_of
from members.forms import CorrectionForm
from members.models import Affiliation, Member

LOOKED_BACK = dt.timedelta(days=365)


@never_cache
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show one's own record in full, one's branches, and who opened what in twelve months."""
    member = _myself(request)
    ties = Affiliation.objects.visible_to(request.user).filter(member=member)
    context = {
        "member": member,
        "sections": sections_of(member, mask=False),
        "ties": ties.select_related("branch").order_by("-pk"),
        "openings": audit.openings_of(member, since=timezone.now() - LOOKED_BACK),
    }
    return render(request, "members/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@survives_sign_in
def correction(request: HttpRequest) -> HttpResponse:
    """Tell the branch what is wrong in one's record."""
    member = _myself(request)
    form = CorrectionForm(data_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_correction(by=signed_in(request), member=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard(request)
            messages.success(request, "已经告诉负责的同志，核对以后会改过来。")
            return redirect("members:profile")
    return render(request, "members/correction.html", {"member": member, "form": form})


def _myself(request: HttpRequest) -> Member:
    user = signed_in(request)
    rows = Member.objects.visible_to(user).filter(user=user)
    member = rows.select_related("branch", "group", "community", "grid").first()
    if member is None:
        raise Http404("没有找到这条记录。")
    return member
