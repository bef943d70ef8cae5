"""A member's account, opened with a first password that is printed once (elder pages §5)."""

import secrets
from contextlib import suppress
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from branches.models import Appointment
from core import audit
from core.actions.accounts import require_rank, set_first_password
from core.models import User
from members.actions import grip
from members.models import Member
from members.rules import phones

PASSWORD_DIGITS = 10  # as long as the password rule asks; only until the first sign-in


def open_account(*, by: User | None, member: Member) -> tuple[User, str]:
    """Open MEMBER's account, or give the one he has a new first password.

    Returns the account and the password, which is stored nowhere else in the clear. He signs in
    with his member number, or with his mobile number where nobody else signs in with it.
    """
    grip.require_editable(by, member)
    if member.deceased_on is not None:
        raise ValidationError("这位同志已登记为已故，不能开通账号。")
    password = "".join(secrets.choice("0123456789") for _ in range(PASSWORD_DIGITS))
    with transaction.atomic():
        member = grip.locked(member)
        if member.user is None:
            user = _new_account(member, password)
            act = "开通账号"
        else:
            user = member.user
            _require_below(by, user)
            act = "重发首次密码"
        set_first_password(user, password)
        member.user = user
        member.save(update_fields=["user", "updated_at"])
        audit.record(by=by, act=act, instance=member)
    return user, password


def _new_account(member: Member, password: str) -> User:
    """Create MEMBER's account; without his telephone where somebody else took it at this moment."""
    create = partial(User.objects.create_user, member.number, password, display_name=member.name)
    if own := _own_phone(member):
        with suppress(IntegrityError), transaction.atomic():
            return create(**own)
    return create()


def _require_below(by: User | None, user: User) -> None:
    """Leave the account of somebody with an office, or with posts that BY does not give, alone.

    Who prints a first password can sign in with it: an account must not open to a lower post
    (security §5c P22), nor one's own to whoever finds a session left open.
    """
    if by is None:
        return
    if user == by:
        raise ValidationError("自己的密码请点“修改密码”，凭现在的密码来改。忘了密码，请上级重发。")
    require_rank(by, user)
    held = Appointment.objects.unfinished().filter(user=user)
    given = Appointment.objects.editable_by(by).values("pk")
    if user.is_staff or held.exclude(pk__in=given).exists():
        raise PermissionDenied("这位同志另有职务，首次密码请由系统管理员或任命单位重发。")


def _own_phone(member: Member) -> dict[str, str]:
    if not phones.is_mobile(member.phone):
        return {}
    index = User._meta.get_field("phone_index").digest(member.phone)
    return {} if User.objects.filter(phone_index=index).exists() else {"phone": member.phone}
