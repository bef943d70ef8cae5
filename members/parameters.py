"""Reading of the thresholds that the checks of members need."""

import datetime as dt

from django.conf import settings

from branches.models import Region
from core.parameters import parameters
from members.rules.parameters import CheckParameters


def check_parameters(*, on: dt.date | None = None, area_code: str = "") -> CheckParameters:
    """Return the thresholds in force on a day (today) in an area.

    Where the demonstration's province is in the division tables its numbers are no surprise.
    """
    keys = CheckParameters.keys().values()
    values = parameters(*keys, on=on, area_code=area_code)
    return CheckParameters.from_values(values, demo=_has_demo())


def _has_demo() -> bool:
    return settings.DEMO_BANNER or Region.objects.filter(is_demo=True).exists()
