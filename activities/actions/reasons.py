"""Why somebody was away: a word that the branch puts beside 请假 or 缺席 (SYS-18, Attendance.reason)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from activities.actions.theme_day import days_open_now, refusal
from activities.models import Activity, Attendance
from activities.rules.attendance import ELSEWHERE
from activities.rules.period import Period
from core import audit
from core.long_numbers import kept_reason

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def give_reasons(
    *,
    by: "User",
    activity: Activity,
    reasons: Mapping[int, str],
    seen: Mapping[int, str] | None = None,
) -> int:
    """Put REASONS, by member id, beside those who were away from the theme day; return how many changed.

    SEEN holds what stood there when they were chosen. What a member has said himself stays, and so
    does 异地参加. Raises PermissionDenied when the record is locked or not the user's,
    ValidationError for a reason that cannot be one, or where another stands than was seen (F17).
    """
    rows = Activity.objects.editable_by(by).held().select_related("branch")
    held = rows.select_for_update(of=("self",)).filter(pk=activity.pk).first()
    if held is None or not held.period:
        raise PermissionDenied("这次活动不归您登记。")
    month = Period.parse(held.period)
    if refused := refusal(by, held.branch, month, held, days_open_now()):
        raise PermissionDenied(refused)
    rows_now = held.attendances.select_related("member")
    changed = [row for row in rows_now if _give(by, row, reasons, seen or {})]
    if changed:
        audit.record(
            by=by,
            act="写请假原因",
            instance=held,
            # That a reason was given, never the words: they are often about health.
            after={"reasons": {row.member_id: "已说明" if row.reason else "" for row in changed}},
            area_path=held.branch.area_path,
            label=f"{held.branch} {held.period}",
        )
    return len(changed)


def _give(by: "User", row: Attendance, reasons: Mapping[int, str], seen: Mapping[int, str]) -> bool:
    reason = kept_reason(reasons.get(row.member_id, row.reason))
    if not row.asks_reason or reason == row.reason:
        return False
    if row.reason != seen.get(row.member_id, row.reason):
        raise ValidationError(
            f"{row.member}的原因刚才有人改过，这次没有保存。请看一下，再按“保存”。"
        )
    if reason == ELSEWHERE:
        raise ValidationError("在别的支部参加的同志，请在登记里改，不写在原因里。")
    row.reason, row.by = reason, by
    row.full_clean()
    row.save()
    return True
