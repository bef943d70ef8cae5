"""The second step of signing in: setting it up, and giving its code."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.views.generic import FormView

from core import actions, second_factor
from core.access import signed_in
from core.actions.second_factor import WRONG_CODE
from core.forms import CodeForm, FirstCodeForm
from core.models.second_factor import SPARE_DIGITS

_MINUTE = 60
_FEW = 3


class _StepView(RedirectURLMixin, FormView):  # type: ignore[type-arg]  # the stubs' FormView is generic
    """A page of the second step: who is not asked for it finds none, who is through goes on."""

    next_page = "home"
    # The other page, for who has an authenticator (or has none) when this one is not for him.
    other_page = ""
    for_owners = True

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Send away who has nothing to do here."""
        user = signed_in(request)
        if not second_factor.is_asked_of(user):
            raise Http404
        if not second_factor.is_due(request):
            return redirect(self.get_success_url())
        if (user.authenticator_pk is not None) != self.for_owners:
            then = urlencode({"next": self.get_success_url()})
            return redirect(f"{resolve_url(self.other_page)}?{then}")
        return super().dispatch(request, *args, **options)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Tell where it goes on."""
        return super().get_context_data(**context) | {"next": self.get_success_url()}


class SecondFactorView(_StepView):
    """Ask for a code of the telephone or of the paper."""

    form_class = CodeForm
    template_name = "registration/second_factor.html"
    other_page = "second-factor-set-up"

    def form_valid(self, form: Any) -> HttpResponse:
        """Open the session, or say what was wrong with the code."""
        code = form.cleaned_data["code"]
        tried = actions.try_second_factor(user=signed_in(self.request), code=code)
        if tried.taken_by is None:
            form.add_error("code", _refusal(code, tried.wait))
            return self.form_invalid(form)
        second_factor.pass_on(self.request, tried.taken_by)
        if len(code) == SPARE_DIGITS:
            messages.warning(self.request, _spare_left(tried.taken_by.spare_codes.count()))
        return super().form_valid(form)


class NewFactorView(_StepView):
    """Show a new key, ask for its first code, then show the paper codes once."""

    form_class = FirstCodeForm
    template_name = "registration/second_factor_new.html"
    other_page = "second-factor"
    for_owners = False

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Draw the key for the camera, and write it for the hand."""
        key = second_factor.new_key(self.request)
        return super().get_context_data(**context) | {
            "picture": second_factor.picture(signed_in(self.request), key),
            "key": second_factor.in_groups(key),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the authenticator, open the session and show the codes; they are never seen again."""
        key = second_factor.new_key(self.request)
        try:
            authenticator, codes = actions.set_up_second_factor(
                user=signed_in(self.request), key=key, code=form.cleaned_data["code"]
            )
        except ValidationError as refusal:
            form.add_error("code", refusal)
            return self.form_invalid(form)
        second_factor.pass_on(self.request, authenticator)
        return render(
            self.request,
            "registration/spare_codes.html",
            {
                "codes": [second_factor.in_groups(code, 5) for code in codes],
                "next": self.get_success_url(),
            },
        )


def _refusal(code: str, wait: int) -> str:
    if wait:
        long = f"{wait}秒" if wait < _MINUTE else f"{-(-wait // _MINUTE)}分钟"
        return f"刚才填错了几次，为了保护账号，请等{long}再填。"
    if len(code) == SPARE_DIGITS:
        return "这个备用码不对，或者已经用过了，请换一个没用过的。"
    return WRONG_CODE


def _spare_left(count: int) -> str:
    said = f"这个备用码用过了，请划掉。还剩{count}个。"
    if count <= _FEW:
        said += "快用完了，请系统管理员取消您的第二步验证，再重新设置一次。"
    return said
