"""What appointments give a user: roles, and the reach of each verb."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from branches.enums import REACHING_ROLES
from branches.models import Appointment
from core.enums import Verb
from core.models import User
from core.prepared import Prepared
from core.scope import Reach, Standing


def _posts(user: int, day: dt.date) -> "QuerySet[Any, Any]":
    rows = Appointment.objects.current(day).filter(user=user).order_by()
    return rows.values_list("role", "area__path", "branch__path")


POSTS = Prepared(_posts)


def appointment_standing(user: User) -> Standing:
    """Roles and reach from the appointments in force today (one query)."""
    held = POSTS.rows(user.pk, localdate())
    reaching = [post for post in held if post[0] in REACHING_ROLES]
    reach = Reach(
        area_paths=tuple(area for _, area, _ in reaching if area),
        branch_paths=tuple(branch for _, _, branch in reaching if branch),
    )
    roles = frozenset(role for role, _, _ in held)
    return Standing(roles=roles, reach=dict.fromkeys((Verb.VIEW, Verb.EDIT), reach))
