"""Accounts of people without a member record: office staff, auditors, administrators."""

import datetime as dt
import secrets
from typing import Any

from axes.utils import reset
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from core import audit
from core.models import Allowance, User

# Without letters and digits that are taken for one another when read from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_FIRST_PASSWORD = 12


def create_account(
    *, by: User, username: str, display_name: str, phone: str = ""
) -> tuple[User, str]:
    """Open an account and return it with its first password, which is kept nowhere in the clear.

    ValidationError: the sign-in name or the telephone is taken.
    """
    password = _first_password()
    with transaction.atomic():
        user = User.objects.create_user(
            username,
            password,
            display_name=display_name,
            phone=phone,
            must_change_password=True,
            first_password_on=timezone.localdate(),
        )
        audit.record(by=by, act="开通账号", instance=user, after=audit.snapshot(user))
    return user, password


def create_first_account(
    *, username: str, display_name: str, password: str | None, using: str = DEFAULT_DB_ALIAS
) -> User:
    """Open the account that an installation begins with; without PASSWORD nobody can sign in yet.

    Whoever types the command has no account: the trail says where it was done.
    ValidationError: the sign-in name is taken.
    """
    with transaction.atomic(using=using):
        manager: Any = User.objects.db_manager(using)
        user: User = manager.create_superuser(username, password, display_name=display_name)
        audit.record(
            by=None,
            act="开通账号",
            instance=user,
            after=audit.snapshot(user),
            note="用命令行建的开局账号",
        )
    return user


@transaction.atomic
def renew_password(*, by: User, user: User) -> str:
    """Give USER a new first password and return it; sessions end, counted tries are forgotten."""
    require_rank(by, user)
    if user == by:
        raise ValidationError("自己的密码请点“修改密码”来改。")
    password = _first_password()
    set_first_password(user, password)
    audit.record(by=by, act="重发首次密码", instance=user)
    return password


@transaction.atomic
def change_password(*, user: User, known: str, password: str) -> None:
    """Give USER the PASSWORD of his own that he chose himself; his other sessions end.

    KNOWN is the stored password by which he showed who he is. ValidationError: the account was closed
    or given another one since: what a clerk did of it stays.
    """
    _hold_open(user)
    if user.password != known:
        raise ValidationError("密码刚刚在别处改过，这次没有改。请用现在的密码重新登录。")
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=user, act="修改密码", instance=user)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Give USER the PASSWORD that was typed on the machine's own command line; his sessions end.

    ValidationError: the account is closed.
    """
    _write_password(user, password, must_change_password=False)
    audit.record(by=None, act="修改密码", instance=user, note="用命令行改的")


def set_first_password(user: User, password: str) -> None:
    """Let USER in with PASSWORD once; sessions end, counted tries are forgotten.

    ValidationError: the account is closed. The caller's act decides who may and leaves the trail.
    """
    today = timezone.localdate()
    _write_password(user, password, must_change_password=True, first_password_on=today)


def _write_password(user: User, password: str, **about: bool | dt.date) -> None:
    """Store PASSWORD and what is kept ABOUT it, by which sessions end; forget the counted tries."""
    _hold_open(user)
    user.set_password(password)
    for field, value in about.items():
        setattr(user, field, value)
    user.save(update_fields=["password", *about])
    _forget_tries(user)


def _forget_tries(user: User) -> None:
    reset(username=f"u:{user.pk}")
    Allowance.objects.filter(key=f"u:{user.pk}").delete()


@transaction.atomic
def close_account(*, by: User, user: User, reason: str) -> User:
    """Close USER's account: out at the next request, nothing deleted."""
    require_rank(by, user)
    if user == by:
        raise ValidationError("不能停用自己的账号，请让另一位管理员来办。")
    return _set_active(by, user, active=False, act="停用账号", note=reason)


@transaction.atomic
def reopen_account(*, by: User, user: User, reason: str) -> User:
    """Open a closed account again."""
    require_rank(by, user)
    return _set_active(by, user, active=True, act="启用账号", note=reason)


def _hold(user: User) -> None:
    """Bring USER up to what is stored by now, kept from other clerks until the act is done."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update())


def _hold_open(user: User) -> None:
    _hold(user)
    if not user.is_active:
        raise ValidationError("这个账号已停用，请先联系系统管理员启用。")


def _set_active(by: User, user: User, *, active: bool, act: str, note: str) -> User:
    _hold(user)
    if user.is_active == active:
        raise ValidationError(
            "这个账号在用，不用启用。" if active else "这个账号已经停用，不用再办。"
        )
    before = audit.snapshot(user, ["is_active"])
    user.is_active = active
    user.save(update_fields=["is_active"])
    after = audit.snapshot(user, ["is_active"])
    audit.record(by=by, act=act, instance=user, before=before, after=after, note=note)
    return user


def require_rank(by: User, user: User) -> None:
    if user.is_superuser and not by.is_superuser:
        raise PermissionDenied("开局账号的事只能用开局账号办。")


def _first_password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_FIRST_PASSWORD))
