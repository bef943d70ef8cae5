"""Reading of rule parameters: the thresholds that the bureau keeps (house §7.2)."""

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core import readings, rules
from core.models import RuleParameter
from core.prepared import Prepared


def _rows(keys: tuple[str, ...]) -> "QuerySet[Any, Any]":
    fields = ("key", "value", "value_type", "area_code", "valid_from")
    return RuleParameter.objects.filter(key__in=keys).order_by().values_list(*fields)


ROWS = Prepared(_rows)


class Parameters:
    """The rows of some parameters, read in one query; for loops over many areas or days.

    KeyError: a key whose reading no room has registered (``core.readings``).
    """

    def __init__(self, *keys: str) -> None:
        if unknown := [key for key in keys if readings.threshold(key) is None]:
            raise KeyError(f"register_threshold first: {', '.join(unknown)}")
        self._rows: dict[str, list[rules.Threshold]] = defaultdict(list)
        for key, *row in ROWS.rows(keys):
            self._rows[key].append(rules.Threshold(*row))

    def value(
        self, key: str, *, on: datetime.date | None = None, area_code: str = ""
    ) -> rules.Value:
        """Return the value for a day (today) and a division code; None means "no limit".

        KeyError: no such parameter, or it was not among the keys asked for.
        """
        row = rules.in_force(self._rows.get(key, ()), on or timezone.localdate(), area_code)
        if row is None:
            raise KeyError(key)
        return rules.typed(row.value, row.value_type)

    def area_codes(self, key: str) -> set[str]:
        """Return the division codes for which KEY has rows of their own; blank: everywhere."""
        return {row.area_code for row in self._rows.get(key, ())}

    def number(self, key: str, *, on: datetime.date | None = None, area_code: str = "") -> int:
        """Return a whole-number parameter that must be set. TypeError when it is blank or no number."""
        value = self.value(key, on=on, area_code=area_code)
        if not isinstance(value, int):
            raise TypeError(f"{key} must be a whole number")
        return value


def parameter(key: str, *, on: datetime.date | None = None, area_code: str = "") -> rules.Value:
    """Return one parameter's value: nearest area first, newest valid by the day (default today).

    AREA_CODE is a division code; a row applies where its own code is a prefix of it.
    None means "no limit". KeyError: no such parameter. One query.
    """
    return Parameters(key).value(key, on=on, area_code=area_code)


def parameters(
    *keys: str, on: datetime.date | None = None, area_code: str = ""
) -> dict[str, rules.Value]:
    """Return several parameters by key, in one query."""
    rows = Parameters(*keys)
    return {key: rows.value(key, on=on, area_code=area_code) for key in keys}
