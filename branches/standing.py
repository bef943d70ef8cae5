"""What appointments give a user: roles, and the reach of each verb."""

from collections.abc import Sequence

from branches.enums import READING_ROLES, WRITING_ROLES
from branches.models import Appointment
from core.enums import Verb
from core.models import User
from core.scope import Reach, Standing


def appointment_standing(user: User) -> Standing:
    """Roles and reach from the appointments in force today (one query)."""
    held = list(
        Appointment.objects.current()
        .filter(user=user)
        .values_list("role", "area__path", "branch__path")
    )
    return Standing(
        roles=frozenset(role for role, _, _ in held),
        reach={
            Verb.VIEW: _reach(held, READING_ROLES),
            Verb.EDIT: _reach(held, WRITING_ROLES),
        },
    )


def _reach(held: Sequence[tuple[str, str | None, str | None]], roles: frozenset[str]) -> Reach:
    return Reach(
        area_paths=tuple(area for role, area, _ in held if area and role in roles),
        branch_paths=tuple(branch for role, _, branch in held if branch and role in roles),
    )
