"""The first page after signing in: each role comes to where its work is."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from activities.querysets import holds_theme_days
from branches.enums import Role
from branches.models import Appointment, Branch
from core.access import signed_in
from core.fields import path_ranges
from core.models import User

BRANCHES_SHOWN = 60
KEEPERS = (Role.SECRETARY, Role.COMMITTEE)


@dataclass(frozen=True)
class Door:
    """One way to go on from here."""

    icon: str
    name: str
    words: str
    url: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go straight on where there is one way; who has several posts chooses."""
    user = signed_in(request)
    doors = _doors(user)
    if len(doors) == 1:
        return redirect(doors[0].url)
    return render(request, "portal/home.html", {"doors": doors, "posts": _posts(user)})


def _posts(user: User) -> list[str]:
    """Return what the user is by his posts, which may open no page here (站长, 组长)."""
    return [str(Role(role).label) for role in sorted(user.roles)]


def _doors(user: User) -> list[Door]:
    doors = []
    if user.has_office_post:
        doors.append(Door("gear", "工作台", "老干部局、街道办公", reverse("admin:index")))
    doors += [
        Door(
            "people", branch.label, "支部的事", reverse("activities:branch-home", args=[branch.pk])
        )
        for branch in _branches(user)
    ]
    if Role.MEMBER in user.roles:
        doors.append(Door("person", "我自己的", "我的活动、记录、日历", reverse("activities:me")))
    return doors


def _branches(user: User) -> list[Branch]:
    """Return the branches whose party life USER keeps by a post in a branch, not by an office."""
    posts = Appointment.objects.visible_to(user).current().filter(user=user, role__in=KEEPERS)
    below = path_ranges("path", posts.values_list("branch__path", flat=True))
    if not below:
        return []
    rows = Branch.objects.editable_by(user).filter(below, holds_theme_days()).current()
    return list(rows.order_by("path")[:BRANCHES_SHOWN])
