"""What a member took part in, for the file that he may take along (security P24)."""

from activities.models import Attendance
from core.models import User
from members.models import Member
from members.own_data import Sheet


def party_life(user: User, member: Member) -> Sheet:
    """Return every attendance of MEMBER that is on record, the oldest first."""
    rows = Attendance.objects.visible_to(user).held().filter(member=member)
    return Sheet(
        "活动记录",
        ("日期", "活动", "党支部", "到会情况", "原因"),
        [
            (
                row.activity.date,
                row.activity.topic,
                row.activity.branch.name,
                row.get_state_display(),
                row.reason,
            )
            for row in rows.select_related("activity__branch").order_by("activity__date", "pk")
        ],
    )
