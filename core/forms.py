"""Forms of core."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

_WRONG = "手机号、党员编号或者密码不对，请再看一看。"


class SignInForm(AuthenticationForm):
    """Telephone or member number, and password."""

    # One sentence for all: which of the two is wrong, or closed, is nobody's business.
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}
    username = forms.CharField(
        label="手机号或党员编号",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class UpToForm(forms.Form):
    """The key of the newest row that a page showed."""

    up_to = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "现在的密码不对，请再输一次。",
        "password_mismatch": "两次输入的新密码不一样，请再输一次。",
    }
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields[
            "new_password1"
        ].help_text = "至少10位，字母、数字、汉字都可以。不要用姓名、手机号。"
