"""The card with a first password: shown once, printed, handed over."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.first_password import last_day_of
from core.models import User


def login_card(
    request: HttpRequest,
    owner: Model,
    password: str,
    *,
    account: User,
    called: str = "",
    is_new: bool = False,
) -> HttpResponse:
    """Show the card of ACCOUNT, whose row in the admin is OWNER: the user himself, or his record."""
    context = admin.site.each_context(request) | {
        "opts": owner._meta,
        "original": owner,
        "account": account,
        "password": password,
        "last_day": last_day_of(account),
        "is_new": is_new,
        "title": f"{called or owner}的首次登录卡",
    }
    return render(request, "admin/login_card.html", context)
