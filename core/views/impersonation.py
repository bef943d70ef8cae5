"""结束查看: the session is the administrator's own again."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from hijack.views import ReleaseUserView

from core import actions, impersonation

_OVER = "时间到了"


class EndImpersonationView(ReleaseUserView):
    """Give the session back (POST), on record; when the time is up, also to who is led here."""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Be nowhere unless the setting is on; django-hijack refuses who views nobody's pages."""
        if not settings.IMPERSONATION:
            raise Http404
        if request.method == "POST" and not impersonation.is_on(request):
            return redirect("/")  # pressed twice, or in another window: it has ended
        answer: HttpResponseBase = super().dispatch(request, *args, **options)
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        """End what is over."""
        found = impersonation.of(request)
        if found is None or not found.is_over:
            return HttpResponseNotAllowed(["POST"])
        return self.post(request)

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Sign the administrator in where he was before, and lead him back to the account."""
        # Else django-hijack had refused: it has seen the view in the session.
        found = cast("impersonation.Impersonation", impersonation.of(request))
        own = impersonation.own_session(request)
        super().post(request, *args, **options)
        impersonation.give_back(request, own)
        actions.end_impersonation(
            by=found.administrator, user=found.user, note=_OVER if found.is_over else ""
        )
        said = (
            f"{_OVER}，查看{found.user}的页面已经自动结束。"
            if found.is_over
            else f"已结束查看{found.user}的页面。"
        )
        messages.success(request, said)
        return redirect("admin:core_user_change", found.user.pk)
