"""Signing in and out, changing the password."""

from typing import Any, cast

from django.contrib.auth import update_session_auth_hash, views
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from core import actions, audit, impersonation, signin
from core.access import own_page
from core.forms import PasswordForm, SignInForm
from core.models import User


class SignInView(views.LoginView):
    """Sign in by telephone, member number or sign-in name; every sign-in is on record."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin the session and put it on record; the try did not count."""
        user = cast("User", form.get_user())
        answer = super().form_valid(form)
        key = signin.account_key(self.request, {"username": form.cleaned_data["username"]})
        if key is not None:
            signin.give_back_try(key)
        audit.record(by=user, act="登录", instance=user)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; a wrong password for a real account is on record, none is not."""
        user = signin.user_of(signin.account_key(self.request))
        is_tried = "password" not in form.errors
        if user is not None and is_tried and not getattr(self.request, "axes_locked_out", False):
            audit.record(by=None, act="登录失败", instance=user)
        return super().form_invalid(form)


class SignOutView(views.LogoutView):
    """Sign out (POST) and say so."""

    template_name = "registration/logged_out.html"

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """End the session and show the page that says it."""
        if isinstance(request.user, User):
            self._record(request, request.user)
        answer = super().post(request, *args, **options)
        # Nothing of the pages seen stays on a machine that several people use.
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    def _record(self, request: HttpRequest, user: User) -> None:
        """Put on record who signs out: never him whose pages are only viewed."""
        if found := impersonation.of(request):
            actions.end_impersonation(by=found.administrator, user=user, note="退出登录")
            impersonation.forget(request)
            user = found.administrator
        audit.record(by=user, act="退出登录", instance=user)


class PasswordView(views.PasswordChangeView):
    """Change one's own password; all other sessions of the user end."""

    form_class = PasswordForm
    success_url = reverse_lazy("password-done")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the request on: the old password is asked for as at the sign-in."""
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Tell where one came from, and who signed in for the first time and has nowhere else to go yet."""
        user = cast("User", self.request.user)
        about = {
            "is_first": user.must_change_password,
            "back": own_page(self.request, self.request.GET.get("next", "")),
            # Not everybody with an account has a record of his own to read it on.
            "viewings": audit.viewings_of(user),
        }
        return super().get_context_data(**context) | about

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the new password and open the way for who had a first password."""
        user, password = cast("User", form.user), form.cleaned_data["new_password1"]
        try:
            actions.change_password(user=user, known=form.known, password=password)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        self._give_back_try(user)
        update_session_auth_hash(self.request, user)
        return redirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; only a wrong old password counts as a try, and is on record."""
        user = cast("User", form.user)
        if "old_password" not in form.errors:
            self._give_back_try(user)
        elif not getattr(self.request, "axes_locked_out", False):
            audit.record(by=None, act="登录失败", instance=user)
        return super().form_invalid(form)

    def _give_back_try(self, user: User) -> None:
        key = signin.account_key(self.request, {"username": user.get_username()})
        if key is not None:
            signin.give_back_try(key)


class PasswordDoneView(views.PasswordChangeDoneView):
    """Say that the password was changed."""
