"""Who holds which role where, from when to when."""

from django.conf import settings
from django.db import models

from branches.enums import AREA_ROLES, BRANCH_ROLES, Role
from branches.querysets import AppointmentManager
from core.constraints import CheckConstraint


class Appointment(models.Model):
    """A user's role in an area or a branch, dated (house §3). Roles and reach come from here.

    Bureau and street staff hold areas; secretaries, committee members and station heads hold
    branches; system administrators and auditors hold neither.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="用户",
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    role = models.CharField("角色", max_length=15, choices=Role)
    area = models.ForeignKey(
        "branches.Area",
        verbose_name="区划",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="党组织",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    started_on = models.DateField("任职日期")
    ended_on = models.DateField("免职日期", null=True, blank=True)
    # A post registered by mistake: not in force from this moment on, and still in the register.
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, editable=False)
    document = models.CharField("文件", max_length=100, blank=True)

    objects = AppointmentManager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["user", "started_on"]
        constraints = [
            CheckConstraint(
                condition=models.Q(
                    role__in=sorted(AREA_ROLES), area__isnull=False, branch__isnull=True
                )
                | models.Q(role__in=sorted(BRANCH_ROLES), area__isnull=True, branch__isnull=False)
                | models.Q(
                    role__in=[Role.AUDITOR, Role.SYSADMIN], area__isnull=True, branch__isnull=True
                ),
                name="appointment_place_fits_role",
                violation_error_message=(
                    "局、街道工作人员请选区划；书记、委员、站长请选党组织；"
                    "系统管理员和审计员两样都不选。"
                ),
            ),
            CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(ended_on__gte=models.F("started_on")),
                name="appointment_ends_after_start",
                violation_error_message="免职日期不能早于任职日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.area or self.branch or ''}".strip()
