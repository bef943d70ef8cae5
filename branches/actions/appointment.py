"""Posts are given and ended here. ``by`` is None for the system: commands, demo, tests."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches import rules, trees
from branches.enums import Role
from branches.models import Appointment, Area, Branch
from core import audit
from core.long_numbers import hide_personal_numbers
from core.models import User
from core.prepared import Prepared
from core.text import clean


def _held(pk: int) -> "QuerySet[Any, Any]":
    rows = User.objects.select_for_update(no_key=True).filter(pk=pk).order_by()
    return rows.values_list("pk", flat=True)


def _posts(user: int, day: dt.date) -> "QuerySet[Any, Any]":
    rows = Appointment.objects.standing().filter(user=user).exclude(ended_on__lt=day).order_by()
    return rows.values_list("role", "area", "branch")


def _roles(user: int) -> "QuerySet[Any, Any]":
    rows = Appointment.objects.unfinished().filter(user=user).order_by()
    return rows.values_list("role", flat=True)


_HOLD, _POSTS, _ROLES = Prepared(_held), Prepared(_posts), Prepared(_roles)

# What a higher room knows against giving somebody (the second) a role: a plain sentence, empty for
# nothing. It says to the giver (the first, None for the system) only what he may see.
Objection = Callable[[User | None, User, str], str]
_objections: list[Objection] = []


def register_appointment_objection(objection: Objection) -> Objection:
    """Let a higher room keep somebody from a role."""
    if objection not in _objections:
        _objections.append(objection)
    return objection


def check_appointee(*, by: User | None, user: User, role: str) -> None:
    """Raise ValidationError where a higher room objects to giving USER the ROLE."""
    said = [objection(by, user, role) for objection in _objections]
    if sentences := list(filter(None, said)):
        raise ValidationError({"role": sentences})


def appoint(
    *,
    by: User | None,
    user: User,
    role: str,
    area: Area | None = None,
    branch: Branch | None = None,
    started_on: dt.date | None = None,
    document: str = "",
) -> Appointment:
    """Give USER a post in AREA or BRANCH from STARTED_ON (today by default).

    Raises PermissionDenied when BY would grant wider than his own scope (security P22), and
    ValidationError when USER may not hold it.
    """
    rules.check_place(role=role, has_area=area is not None, has_branch=branch is not None)
    if by is not None and not _may_grant(by, user, role, area, branch):
        raise PermissionDenied("只能在自己的管理范围内安排任职。")
    check_appointee(by=by, user=user, role=role)
    appointment = Appointment(
        user=user,
        role=role,
        area=area,
        branch=branch,
        started_on=started_on or timezone.localdate(),
        document=hide_personal_numbers(clean(document)),
    )
    with transaction.atomic():
        if branch is not None and trees.steady_branch(branch).dissolved_on:
            raise ValidationError({"branch": "这个党组织已经撤销，不能再任职。"})
        # Two clerks at once: the second waits here and then sees the first one's row.
        if not _HOLD.rows(user.pk):
            raise User.DoesNotExist
        _refuse_double(appointment)
        _refuse_mixture(appointment)
        appointment.full_clean(exclude=["user", "branch"])  # both are held
        appointment.save()
        _record(by, "任职", appointment, {})
    return appointment


def end_appointment(
    *, by: User | None, appointment: Appointment, on: dt.date | None = None
) -> Appointment:
    """End a post; ON (today by default) is its last day."""
    _refuse_wider(by, appointment)
    with transaction.atomic():
        appointment = _read_again(appointment)
        _finish(by, appointment, on or timezone.localdate())
    return appointment


def withdraw_appointment(*, by: User | None, appointment: Appointment, reason: str) -> Appointment:
    """Take back a post that was registered by mistake: it gives nothing from this moment on.

    To end it would leave it in force until the end of the day. The register keeps it, and the trail
    the REASON: without one, somebody's years in a post could be made a mistake (house §1.4).
    """
    _refuse_wider(by, appointment)
    rules.check_withdrawal(reason)
    with transaction.atomic():
        appointment = _read_again(appointment)
        before = audit.snapshot(appointment, ["withdrawn_on"])
        appointment.withdrawn_on = timezone.localdate()
        appointment.save(update_fields=["withdrawn_on"])
        _record(by, "撤回任职", appointment, before, reason)
    return appointment


def _refuse_wider(by: User | None, post: Appointment) -> None:
    if by is not None and not _may_grant(by, post.user, post.role, post.area, post.branch):
        raise PermissionDenied("只能在自己的管理范围内安排任职。")


def _read_again(post: Appointment) -> Appointment:
    """Return POST as it stands now, under its lock. Raises ValidationError where it is over or withdrawn."""
    post = Appointment.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.withdrawn_on:
        raise ValidationError("这项任职已经撤回。")
    if rules.post_is_over(post.ended_on, timezone.localdate()):
        raise ValidationError("这项任职已经结束。")
    return post


def end_posts(*, by: User | None, branch: Branch, on: dt.date) -> int:
    """End with ON whatever posts in BRANCH go on after it; return how many.

    For the end of a branch. One that was to begin later ends on its first day, on which it is not in
    force either (``current``): the register keeps it.
    """
    with transaction.atomic():
        rows = Appointment.objects.standing().select_related("branch", "user")
        held = rows.select_for_update(of=("self",))
        going_on = [
            post
            for post in held.filter(branch=branch).exclude(ended_on__lte=on).order_by("pk")
            if post.ended_on != max(on, post.started_on)
        ]
        for post in going_on:
            _finish(by, post, max(on, post.started_on))
    return len(going_on)


def _finish(by: User | None, appointment: Appointment, on: dt.date) -> None:
    before = audit.snapshot(appointment, ["ended_on"])
    appointment.ended_on = on
    appointment.full_clean()
    appointment.save()
    _record(by, "免职", appointment, before)


def _may_grant(by: User, user: User, role: str, area: Area | None, branch: Branch | None) -> bool:
    rows: Any = Area.objects if area else Branch.objects
    place = area or branch
    return rules.may_grant(
        role=role,
        is_system_administrator=by.is_superuser or Role.SYSADMIN in by.roles,
        within_own_reach=place is not None and rows.grantable_by(by).filter(pk=place.pk).exists(),
        to_himself=user == by and not by.is_superuser,
    )


def _refuse_double(appointment: Appointment) -> None:
    post = (appointment.role, appointment.area_id, appointment.branch_id)
    if post in _POSTS.rows(appointment.user_id, appointment.started_on):
        raise ValidationError(f"{appointment.user}已有这项任职，不用重复登记。")


def _refuse_mixture(appointment: Appointment) -> None:
    if not rules.stand_together([appointment.role, *_ROLES.rows(appointment.user_id)]):
        raise ValidationError(
            "系统管理员、审计员不能兼任别的职务，别的职务也不能兼任这两项。请换一个人，或先免去原来的。"
        )


def _record(
    by: User | None, act: str, appointment: Appointment, before: dict[str, object], note: str = ""
) -> None:
    place = appointment.area.path if appointment.area else ""
    audit.record(
        by=by,
        act=act,
        instance=appointment,
        before=before,
        after=audit.snapshot(appointment, before or None),
        area_path=appointment.branch.area_path if appointment.branch else place,
        note=note,
    )
