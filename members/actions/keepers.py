"""Who keeps a member's record, and how they are told something about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment, Branch
from branches.paths import line_of
from core.models import Notice, User
from core.text import prose
from members.models import Member


@dataclass(frozen=True)
class Keepers:
    """The nearest users who may act on a record, and the page on which they do; perhaps nobody."""

    page: str = ""
    users: tuple[User, ...] = ()


def nearest(member: Member, *, by: User, offices_only: bool = False) -> Keepers:
    """Return the secretaries of MEMBER's home, else the street's staff, else the bureau's; BY never.

    OFFICES_ONLY passes the secretaries over: for what a branch may not do itself.
    """
    if member.branch is not None:
        for page, posts in _posts(member.branch, offices_only):
            found = User.objects.filter(pk__in=posts.values("user"), is_active=True)
            if users := tuple(found.exclude(pk=by.pk)):
                return Keepers(reverse(page, args=[member.pk]), users)
    return Keepers()


def tell(keepers: Keepers, *, text: str, detail: str) -> int:
    """Write each of KEEPERS a notice that leads to their page; return how many are new.

    DETAIL, what the person said, is sealed. What somebody has not read yet is not said again.
    """
    detail, told = prose(detail), 0
    for user in keepers.users:
        unread = Notice.objects.unread().filter(user=user, url=keepers.page, text=text)
        if all(notice.detail != detail for notice in unread):
            Notice.objects.create(user=user, text=text, detail=detail, url=keepers.page)
            told += 1
    return told


def _posts(branch: Branch, offices_only: bool) -> Iterator[tuple[str, Any]]:
    posts = Appointment.objects.current()
    above = posts.filter(area__path__in=line_of(branch.area_path))
    if not offices_only:
        yield "members:card", posts.filter(branch=branch, role=Role.SECRETARY)
    yield "admin:members_member_change", above.filter(role=Role.STREET)
    yield "admin:members_member_change", above.filter(role=Role.BUREAU)
