"""Accounts: opened, given a new first password, closed, opened again; never deleted."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from core import actions
from core.access import signed_in
from core.admin.acting import Act, ActPages, Outcome
from core.admin.base import TableAdmin
from core.admin.card import login_card
from core.admin.impersonation import ImpersonationPage
from core.admin.search import SealedSearchMixin
from core.display import masked
from core.forms import ActForm
from core.models import User
from core.text import squeeze

CLEARED = "无"
_MOBILE = re.compile(r"1\d{10}", re.ASCII)
VERB = "core.change_user"


class AccountForm(forms.ModelForm):
    """The account of somebody who works in the office."""

    class Meta:
        model = User
        fields = ("username", "display_name", "phone")
        help_texts = {
            "username": "登录时用；字母、数字都可以，定了不能改。",
            "phone": "填了也可以用手机号登录。",
        }
        widgets = {"phone": AdminTextInputWidget}  # stored long, written on one line

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and "phone" in self.fields:
            # Masked even here: leaving it blank keeps it.
            self.initial["phone"] = ""
            shown = masked(self.instance.phone, "phone") or "没有登记"
            self.fields["phone"].help_text = f"现在：{shown}。不改就空着，要清空就填“{CLEARED}”。"

    def clean_username(self) -> str:
        """Say at once when the name is taken, in whatever letters."""
        name = self.cleaned_data["username"]
        if User.objects.filter(username=User.stored_name(name)).exists():
            raise ValidationError("已经有人用这个登录名，请换一个。")
        digest = User.phone_digest(name)
        if digest and User.objects.filter(phone_index=digest).exists():
            raise ValidationError("这是别人登录用的手机号，不能当登录名，请换一个。")
        return str(name)

    def clean_phone(self) -> str:
        """Say at once when somebody else signs in with it."""
        phone = str(self.cleaned_data["phone"]).strip()
        if phone == CLEARED:
            return ""
        if not phone:
            return str(self.instance.phone)
        if not _MOBILE.fullmatch(squeeze(phone)):
            raise ValidationError("请填11位手机号，数一数有没有漏掉的数字。")
        digest = User.phone_digest(phone)
        taken = User.objects.filter(phone_index=digest).exclude(pk=self.instance.pk)
        if taken.exists() or User.objects.filter(username=User.stored_name(phone)).exists():
            raise ValidationError("已经有人用这个手机号登录，请核对。")
        return phone


class ReasonForm(ActForm):
    """Why an account is closed or opened again, or loses its second factor."""

    reason = forms.CharField(label="原因", max_length=100)


def _renew(request: HttpRequest, user: User, given: dict[str, Any]) -> Outcome:
    password = actions.renew_password(by=signed_in(request), user=user)
    return login_card(request, user, password, account=user)


def _close(request: HttpRequest, user: User, given: dict[str, Any]) -> Outcome:
    actions.close_account(by=signed_in(request), user=user, **given)
    return f"已停用{user}的账号。"


def _remove_second_factor(request: HttpRequest, user: User, given: dict[str, Any]) -> Outcome:
    actions.remove_second_factor(by=signed_in(request), user=user, **given)
    return f"已取消{user}的第二步验证，下次登录请本人重新设置。"


def _reopen(request: HttpRequest, user: User, given: dict[str, Any]) -> Outcome:
    actions.reopen_account(by=signed_in(request), user=user, **given)
    return f"已启用{user}的账号。"


ACTS = (
    Act(
        "renew",
        "重发首次密码",
        "重发并显示首次密码",
        "原密码立即作废，别处的登录都会退出。新的首次密码只显示一次，请打印登录卡交给本人。",
        VERB,
        ActForm,
        _renew,
        lambda user: user.is_active,
    ),
    Act(
        "second-factor",
        "取消第二步验证",
        "确认取消",
        "手机丢了或者换了、备用码也不在手边时办。请先当面或打电话核实是本人。取消后他的登录都会退出，下次登录请他用新手机重新设置。可能有别人知道他的密码时，请同时重发首次密码。",
        VERB,
        ReasonForm,
        _remove_second_factor,
        lambda user: user.authenticator_pk is not None,
    ),
    Act(
        "close",
        "停用账号",
        "确认停用",
        "停用后立即退出，不能再登录；资料和记录都不删除，以后可以再启用。",
        VERB,
        ReasonForm,
        _close,
        lambda user: user.is_active,
    ),
    Act(
        "reopen",
        "启用账号",
        "确认启用",
        "启用后本人可以用原来的密码登录。",
        VERB,
        ReasonForm,
        _reopen,
        lambda user: not user.is_active,
    ),
)


@admin.register(User)
class UserAdmin(ImpersonationPage, ActPages, SealedSearchMixin, TableAdmin):
    """For system administrators. What a user may do follows from his posts, not from here."""

    form = AccountForm
    acts = ACTS
    prefix = "account"
    trail_is_closed = True
    list_display = ("display_name", "username", "masked_phone", "is_active", "created_at")
    list_filter = ("is_active",)
    search_address = "account-search"
    search_fields = ("username", "display_name")
    search_help_text = "登录名、姓名，或者完整的手机号。"
    ordering = ("username",)
    fields = ("username", "display_name", "phone")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return all accounts; the first administrator's only to himself and his like."""
        rows = super().get_queryset(request)
        return rows if signed_in(request).is_superuser else rows.filter(is_superuser=False)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search names, and telephones by their digest, within what the reader may see."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if digest := User.phone_digest(search_term):
            found |= queryset.filter(phone_index=digest)
        return found, may_repeat

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse every question that is not the filter: it could ask hidden columns (X9)."""
        return lookup == "is_active__exact"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A sign-in name stays what it was."""
        return ("username",) if obj else ()

    @admin.display(description="手机号")
    def masked_phone(self, user: User) -> str:
        """Show first and last digits."""
        return masked(user.phone, "phone") or "—"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Open a new account through the action; keep it and its first password for the card."""
        if change:
            super().save_model(request, obj, form, change)
            return
        user, password = actions.create_account(by=signed_in(request), **form.cleaned_data)
        obj.pk = user.pk
        request.__dict__["opened"] = user, password

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the card instead of the list: the password is seen only now."""
        user, password = request.__dict__["opened"]
        return login_card(request, obj, password, account=user, is_new=True)
