"""A member says what is wrong in his own record (domain §6.12)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment
from core import audit
from core.models import Notice, User
from core.text import clean
from members.models import Member


def ask_correction(*, by: User, member: Member, text: str) -> int:
    """Tell the secretaries of MEMBER's branch what he says is wrong; return how many were told."""
    if member.user_id != by.pk:
        raise PermissionDenied("只能更正自己的资料。")
    posts = Appointment.objects.current().filter(branch=member.branch, role=Role.SECRETARY)
    users = list(User.objects.filter(pk__in=posts.values("user"), is_active=True))
    if not users:
        raise ValidationError("支部书记还没有开通账号，请打下面的电话告诉我们。")
    told = f"{member.name}同志说资料有误：{clean(text)}"[:200]
    with transaction.atomic():
        for user in users:
            Notice.objects.create(
                user=user, text=told, url=reverse("members:card", args=[member.pk])
            )
        audit.record(by=by, act="申请更正资料", instance=member)
    return len(users)
