"""A member says what is wrong in his own record (domain §6.12)."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment, Branch
from branches.paths import line_of
from core import audit
from core.models import Notice, User
from core.text import clean
from members.models import Member


def ask_correction(*, by: User, member: Member, text: str) -> int:
    """Tell who keeps the record of MEMBER what he says is wrong; return how many were told.

    The secretaries of the home branch; where it has none, the street, and where that has nobody, the
    bureau. Each is led to the page of his own on which the record is put right.
    """
    if member.user_id != by.pk:
        raise PermissionDenied("只能更正自己的资料。")
    page, users = _keepers(member, by)
    if not users:
        raise ValidationError("支部和街道都还没有人开通账号，请打下面的电话告诉我们。")
    with transaction.atomic():
        for user in users:
            Notice.objects.create(
                user=user,
                text=f"{member.name}同志说自己的资料有误，请核对",
                detail=clean(text),
                url=reverse(page, args=[member.pk]),
            )
        audit.record(by=by, act="申请更正资料", instance=member)
    return len(users)


def _keepers(member: Member, by: User) -> tuple[str, list[User]]:
    """Return a page's name and the nearest users, BY himself not, who may change the record there."""
    if member.branch is not None:
        for page, posts in _posts(member.branch):
            found = User.objects.filter(pk__in=posts.values("user"), is_active=True)
            if users := list(found.exclude(pk=by.pk)):
                return page, users
    return "", []


def _posts(branch: Branch) -> Iterator[tuple[str, Any]]:
    posts = Appointment.objects.current()
    above = posts.filter(area__path__in=line_of(branch.area_path))
    yield "members:card", posts.filter(branch=branch, role=Role.SECRETARY)
    yield "admin:members_member_change", above.filter(role=Role.STREET)
    yield "admin:members_member_change", above.filter(role=Role.BUREAU)
