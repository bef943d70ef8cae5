"""我的提醒: what somebody was told, each line leading to the page it is about."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import actions
from core.access import signed_in
from core.forms import UpToForm
from core.models import Notice

PAGE = 20
UNREAD = "unread"


@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List one's own notices, what is new first; looking at the list changes nothing."""
    mine = Notice.objects.visible_to(request.user)
    new = mine.unread()
    shown = UNREAD if request.GET.get("show") == UNREAD else ""
    page = Paginator((new if shown else mine).unread_first(), PAGE).get_page(request.GET.get("p"))
    unread = new.count()
    address = reverse("notices")
    context = {
        "page": page,
        "shown": shown,
        "unread": unread,
        "newest": new.aggregate(newest=Max("pk"))["newest"] if unread else None,
        "tabs": [
            {"word": "全部", "url": address, "current": not shown},
            {
                "word": f"没看过的 {unread}",
                "url": f"{address}?show={UNREAD}",
                "current": bool(shown),
            },
        ],
    }
    return render(request, "core/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to the page it is about."""
    user = signed_in(request)
    notice = get_object_or_404(Notice.objects.editable_by(user), pk=pk)
    actions.read_notice(by=user, notice=notice)
    return redirect(notice.url or "notices")


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark as read everything up to the newest that the list showed."""
    form = UpToForm(request.POST)
    if form.is_valid():
        actions.read_notices(by=signed_in(request), **form.cleaned_data)
        messages.success(request, "都记为看过了。")
    return redirect("notices")
