"""What the front page of the admin says of the organisations (SYS-02)."""

from urllib.parse import urlencode

from django.urls import reverse

from branches.enums import UnitColumn
from branches.models import Branch
from core.models import User
from core.workbench import Card, Figure

ALL_UNITS = "all"


def units_card(user: User) -> Card | None:
    """Return the units that USER sees, by column, with their sum (one query)."""
    if not user.has_perm("branches.view_branch"):
        return None
    counts = Branch.objects.visible_to(user).unit_counts()
    figures = [Figure(column.label, counts[column], _address(column)) for column in UnitColumn]
    total = Figure("合计", sum(counts.values()), _address(ALL_UNITS))
    return Card("党组织", (*figures, total))


def _address(column: str) -> str:
    return f"{reverse('admin:branches_branch_changelist')}?{urlencode({'units': column})}"
