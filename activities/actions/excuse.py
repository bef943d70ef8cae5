"""我要请假: a member says beforehand that he will not come (SYS-18, 报名/请假)."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.actions.sums import keep_sums
from activities.enums import ActivityKind, ActivityState, AttendanceState
from activities.models import Activity, Attendance
from activities.querysets import coming_months, usual_day
from activities.rules.attendance import no_leave_because
from activities.rules.period import Period, fixed_date
from branches.enums import Role
from branches.models import Appointment, Branch
from core import audit
from core.long_numbers import kept_reason
from core.models import Notice
from members.models import Member

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def excuse_member(*, by: "User", member: Member, period: str, reason: str = "") -> Attendance:
    """Excuse MEMBER from the theme day of PERIOD at his home branch; twice is once.

    BY is the member himself or somebody who may record for his branch (代办). Raises
    ValidationError once the day is over or on record.
    """
    month, reason = Period.parse(period), kept_reason(reason)
    branch = _home_of(by, member)
    activity = _announced(branch, month)
    attendance, created = Attendance.objects.get_or_create(
        activity=activity,
        member=member,
        defaults={
            "home_branch": branch,
            "state": AttendanceState.EXCUSED,
            "reason": reason,
            "by": by,
        },
    )
    if not created and attendance.reason == reason:
        return attendance
    attendance.reason, attendance.by = reason, by
    attendance.full_clean()
    attendance.save()
    keep_sums(activity)
    _note(by, "请假", branch, attendance)
    if created:
        _tell(by, member, f"{member.name}同志请假，不参加{month.month}月主题党日。", branch)
    return attendance


@transaction.atomic
def withdraw_excuse(*, by: "User", member: Member, period: str) -> None:
    """Take the excuse back: MEMBER will come after all. Nothing happens when there is none."""
    month = Period.parse(period)
    branch = _home_of(by, member)
    asked = Attendance.objects.of_theme_days(month).filter(activity__branch=branch, member=member)
    if not asked.exists():
        return
    activity = _announced(branch, month)
    for attendance in activity.attendances.filter(member=member):
        _note(by, "取消请假", branch, attendance)
        attendance.delete()
        _tell(by, member, f"{member.name}同志取消了请假，参加{month.month}月主题党日。", branch)
        _tell_member(by, attendance, month)
    keep_sums(activity)


def leave_refusal(branch: Branch, month: Period, activity: Activity | None) -> str:
    """Return why leave from the theme day of MONTH cannot be asked or taken back; empty when it can.

    ACTIVITY is that theme day as far as it is announced; else the fixed day tells.
    """
    if month > coming_months(branch)[-1]:
        return "这个月还早，快到的时候再请假。"
    day = activity.date if activity else fixed_date(month, usual_day(branch))
    state = activity.state if activity else ActivityState.PLANNED
    return no_leave_because(day, state=state, today=timezone.localdate())


def _home_of(by: "User", member: Member) -> Branch:
    if member.branch is None:
        raise ValidationError("您的组织关系还没有登记到党支部，请打下面的电话问一问。")
    is_own = member.user_id is not None and member.user_id == by.pk
    if not is_own and not Branch.objects.editable_by(by).filter(pk=member.branch_id).exists():
        raise PermissionDenied("只能为自己或本支部的同志请假。")
    return member.branch


def _announced(branch: Branch, month: Period) -> Activity:
    """Return the coming activity of MONTH, locked; made as its fixed day says when not yet announced.

    With the usual place, as the members are told: leave that one asks moves nothing for the others.
    """
    fixed = fixed_date(month, usual_day(branch))
    key = {"branch": branch, "kind_id": ActivityKind.THEME_DAY, "period": str(month)}
    if fixed is not None:
        usual = {"date": fixed, "place": branch.meeting_place}
        Activity.objects.get_or_create(**key, defaults=usual)
    activity = Activity.objects.select_for_update(of=("self",)).filter(**key).first()
    reason = leave_refusal(branch, month, activity)
    if activity is None or reason:
        raise ValidationError(reason)
    return activity


def _tell(by: "User", member: Member, text: str, branch: Branch) -> None:
    """Let the secretaries of BRANCH know what MEMBER did himself; the reason stays with the record."""
    if member.user_id != by.pk:
        return
    posts = Appointment.objects.current().filter(branch=branch, role=Role.SECRETARY)
    page = reverse("activities:branch-home", args=[branch.pk])
    told = posts.exclude(user=by).order_by().values_list("user", flat=True).distinct()
    Notice.objects.bulk_create([Notice(user_id=user, text=text, url=page) for user in told])


def _tell_member(by: "User", attendance: Attendance, month: Period) -> None:
    """Let a member know that BY has taken back the leave of ATTENDANCE, if he had asked for it himself."""
    user = attendance.member.user_id
    if user is None or user == by.pk or attendance.by_id != user:
        return
    words = f"{by}同志取消了您{month.month}月主题党日的请假。还是来不了，请再请一次假，或者打电话给支部。"
    Notice.objects.create(user_id=user, text=words, url=reverse("activities:me"))


def _note(by: "User", act: str, branch: Branch, attendance: Attendance) -> None:
    """Put the act into the trail: that a reason was given, never the words, often about health."""
    audit.record(
        by=by,
        act=act,
        instance=attendance,
        after={"reason": "已说明" if attendance.reason else ""},
        area_path=branch.area_path,
        label=f"{attendance.member} {attendance.activity.period}",
    )
