"""The page on which a theme day is logged: what a browser shows and sends of it."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from activities.enums import AttendanceState
from activities.models import Activity
from core.models import User
from members.models import Member

SignIn = Callable[[User], Client]
ENTERED = ("day", "topic", "where", "version", "base", "host", "agenda", "minutes", "cost")
NOVEMBER = "theme-day/2026-11/"


def text(response: Any) -> str:
    """Return what the page says, with its marks."""
    return response.content.decode()


def plain(page: str) -> str:
    """Return the words of PAGE without its marks."""
    return re.sub(r"<[^>]+>", "", page)


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the browser would send for the log page as it came, with CHANGES."""
    form = page.context["form"]
    entry = {name: form[name].value() for name in ENTERED}
    if "campaign" in form.fields:
        entry["campaign"] = form["campaign"].value()
    entry["topic"] = entry["topic"] or "学习全会精神"
    entry["where"] = "other"
    entry["other_place"] = "社区活动室"
    entry["listed"] = form.listed
    entry["here"] = [tile.key for tile in form.tiles + form.guests if tile.here]
    for tile in form.tiles:
        entry[f"w-{tile.key}"] = tile.reason or AttendanceState.EXCUSED
    for tile in form.guests:
        entry[f"w-{tile.key}"] = tile.reason or AttendanceState.PRESENT
    return entry | changes


def without(entry: dict[str, Any], member: Member) -> dict[str, Any]:
    """Return ENTRY with the tick of MEMBER taken away."""
    return entry | {"here": [key for key in entry["here"] if key != str(member.pk)]}


def require_refused_in_view(client: Client, address: str, sentence: str, **changes: Any) -> None:
    """Send the log page at ADDRESS with CHANGES: it comes back with SENTENCE, its fold open, nothing kept."""
    answer = client.post(address, filled(client.get(address), **changes))
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert '<details class="fold" open>' in text(answer)
    assert Activity.objects.count() == 0
