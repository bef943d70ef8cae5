"""How long the first password of a card lets its owner in (security V6.4.1).

A card that lies about unused must not open the account for ever to whoever finds it.
"""

import datetime as dt

from django.utils import timezone

from core.models import User
from core.parameters import Parameters

DAYS = "account.first_password_days"


def last_day_of(user: User) -> dt.date | None:
    """Return the last day on which USER's first password lets him in; None: it is his own."""
    if not user.must_change_password or user.first_password_on is None:
        return None
    return user.first_password_on + dt.timedelta(days=Parameters(DAYS).number(DAYS))


def is_over(user: User) -> bool:
    """Return whether USER has a first password whose time is over."""
    last_day = last_day_of(user)
    return last_day is not None and timezone.localdate() > last_day
