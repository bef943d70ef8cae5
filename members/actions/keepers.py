"""Who keeps a member's record, and how they are told something about it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment, Branch
from branches.paths import line_of
from core import bulk
from core.models import Notice, User
from core.text import prose
from members.models import Member


@dataclass(frozen=True)
class Keepers:
    """The nearest users who may act on a record, and the page on which they do; perhaps nobody."""

    page: str = ""
    users: tuple[User, ...] = ()


class Pages(NamedTuple):
    """The names of the two pages on which one row is worked on: a secretary's, an office's."""

    secretary: str
    office: str


class Told(NamedTuple):
    """One sentence for one user (his key), and the page it leads to."""

    user: int
    page: str
    text: str


_OF_MEMBER = Pages("members:card", "admin:members_member_change")


def nearest(member: Member, *, by: User, offices_only: bool = False) -> Keepers:
    """Return the secretaries of MEMBER's home, else the street's staff, else the bureau's; BY never.

    OFFICES_ONLY passes the secretaries over: for what a branch may not do itself.
    """
    if member.branch is None:
        return Keepers()
    return nearest_of(
        member.branch, by=by, pages=_OF_MEMBER, key=member.pk, offices_only=offices_only
    )


def nearest_of(
    branch: Branch, *, by: User, pages: Pages, key: int, offices_only: bool = False
) -> Keepers:
    """Return who looks after BRANCH as ``nearest`` does, with whose of PAGES is about the row KEY."""
    for page, posts in _posts(branch, pages, offices_only):
        found = User.objects.filter(pk__in=posts.values("user"), is_active=True)
        if users := tuple(found.exclude(pk=by.pk)):
            return Keepers(reverse(page, args=[key]), users)
    return Keepers()


def tell(keepers: Keepers, *, text: str, detail: str, is_private: bool = False) -> int:
    """Write each of KEEPERS a notice that leads to their page; return how many are new.

    DETAIL is sealed; what a person said stands in it after 原话：. What somebody has not
    read yet is not said again. IS_PRIVATE: it is of what nobody reads in another's name.
    """
    told = [Told(user.pk, keepers.page, text) for user in keepers.users]
    return tell_each(told, detail=detail, is_private=is_private)


def tell_each(sentences: Sequence[Told], *, detail: str, is_private: bool = False) -> int:
    """Write a notice for each of SENTENCES, as ``tell`` does; return how many are new."""
    detail, number = prose(detail), 0
    for part in bulk.parts(sentences):
        unread = Notice.objects.unread().filter(
            user__in={each.user for each in part}, url__in={each.page for each in part}
        )
        waiting = {
            Told(each.user_id, each.url, each.text) for each in unread if each.detail == detail
        }
        new = [each for each in part if each not in waiting]
        Notice.objects.bulk_create(
            Notice(
                user_id=each.user,
                text=each.text,
                detail=detail,
                url=each.page,
                is_private=is_private,
            )
            for each in new
        )
        number += len(new)
    return number


def secretaries_of(branches: Collection[int]) -> "QuerySet[Appointment]":
    """Return the posts of those who are secretaries of BRANCHES (keys) today."""
    return Appointment.objects.current().filter(branch__in=branches, role=Role.SECRETARY)


def _posts(branch: Branch, pages: Pages, offices_only: bool) -> Iterator[tuple[str, Any]]:
    above = Appointment.objects.current().filter(area__path__in=line_of(branch.area_path))
    if not offices_only:
        yield pages.secretary, secretaries_of([branch.pk])
    yield pages.office, above.filter(role=Role.STREET)
    yield pages.office, above.filter(role=Role.BUREAU)
