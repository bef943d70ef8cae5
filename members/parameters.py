"""Reading of the thresholds that the checks of members need."""

import datetime as dt

from django.conf import settings

from branches.models import Area, Region
from core.models import User
from core.parameters import parameters
from members.rules.parameters import CheckParameters


def check_parameters(
    *, on: dt.date | None = None, area_code: str = "", demo: bool | None = None
) -> CheckParameters:
    """Return the thresholds in force on a day (today) in an area.

    DEMO says whether the area is the demonstration's, whose numbers are no surprise there; None
    asks whether its province is in the division tables (one query more).
    """
    keys = CheckParameters.keys().values()
    values = parameters(*keys, on=on, area_code=area_code)
    demo = settings.DEMO_BANNER or (_has_demo() if demo is None else demo)
    return CheckParameters.from_values(values, demo=demo)


def highest_code(user: User) -> str:
    """Return the code of the highest area that USER sees, whose thresholds hold for his lists.

    Empty, for the thresholds of everywhere, when he sees none (one query).
    """
    codes = Area.objects.visible_to(user).order_by("path").values_list("code", flat=True)
    return codes.first() or ""


def _has_demo() -> bool:
    return Region.objects.filter(is_demo=True).exists()
