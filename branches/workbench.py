"""What the front page of the admin says of the organisations (SYS-02)."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from branches.enums import UnitColumn
from branches.models import Branch
from core.models import User
from core.workbench import Card, Figure

ALL_UNITS = "all"


def units_card(user: User) -> Card | None:
    """Return the units that USER sees, by column, with their sum; new ones by year (one query)."""
    if not user.has_perm("branches.view_branch"):
        return None
    this_year = timezone.localdate().year
    seen = Branch.objects.visible_to(user)
    counts, founded = seen.unit_figures(this_year, this_year - 1)
    figures = [
        Figure(column.label, counts[column], _address(units=column)) for column in UnitColumn
    ]
    total = Figure("合计", sum(counts.values()), _address(units=ALL_UNITS))
    new = [
        Figure(word, founded[year], _address(founded=year, state="all"))
        for word, year in (("本年新增", this_year), ("去年新增", this_year - 1))
    ]
    return Card("党组织", (*figures, total, *new))


def _address(**asked: object) -> str:
    return f"{reverse('admin:branches_branch_changelist')}?{urlencode(asked)}"
