"""Forms of core."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Telephone or member number, and password."""

    error_messages = {
        "invalid_login": "手机号、党员编号或者密码不对，请再看一看。",
        "inactive": "手机号、党员编号或者密码不对，请再看一看。",
    }
    username = forms.CharField(
        label="手机号或党员编号",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
