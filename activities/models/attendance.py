"""Who took part, how, and where he belonged that day."""

from django.conf import settings
from django.db import models

from activities.enums import AWAY, AttendanceState
from activities.querysets import AttendanceManager
from activities.rules.attendance import ELSEWHERE


class Attendance(models.Model):
    """One member at one activity: counts once, whichever link brought him (SYS-04).

    ``home_branch`` is the home of that day: where it differs from the activity's branch the home
    branch sees 异地参加. ``is_due`` keeps whether he was on the list of those due that day, or a
    guest. ``by`` entered it; for another person that is 代填, shown to the member.
    """

    activity = models.ForeignKey(
        "activities.Activity",
        verbose_name="活动",
        on_delete=models.CASCADE,
        related_name="attendances",
    )
    member = models.ForeignKey(
        "members.Member",
        verbose_name="党员",
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    home_branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="当时隶属",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_due = models.BooleanField("在应到名单", default=True)
    state = models.CharField("到会情况", max_length=8, choices=AttendanceState)
    reason = models.CharField("原因", max_length=50, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField("登记时间", auto_now=True)

    objects = AttendanceManager()

    class Meta:
        verbose_name = verbose_name_plural = "到会记录"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "member"],
                name="attendance_once",
                violation_error_message="这位同志在这次活动里已有记录。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_state_display()}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether he is excused at home because he came to another branch that month."""
        return self.state == AttendanceState.EXCUSED and self.reason == ELSEWHERE

    @property
    def asks_reason(self) -> bool:
        """Whether the branch may say why he was away: he was, nowhere else, and has not said so himself."""
        is_his_own = (
            bool(self.reason) and self.by_id is not None and self.by_id == self.member.user_id
        )
        return self.state in AWAY and not self.is_elsewhere and not is_his_own
