"""Columns that are only compared with the rest of a row, never stored: age, and whether out of touch.

The register computes the age and keeps the day on which contact was lost (domain §3.1).
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from members.roster.cells import yes_or_no
from members.roster.columns import Layout
from members.roster.findings import finding
from members.rules import cells as cell_rules
from members.rules import id_number
from members.rules.dates import years_between
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem

_YEARS = re.compile(r"(\d{1,3})(?:周?岁)?", re.ASCII)


class Claims:
    """Says what of one file's compared columns its rows contradict."""

    def __init__(self, layout: Layout, *, today: dt.date, parameters: CheckParameters) -> None:
        self._today = today
        self._parameters = parameters
        self._places = {
            name: layout.fields.index(name)
            for name in ("age", "lost_contact")
            if name in layout.fields
        }

    def faults(self, cells: Sequence[Any], values: Mapping[str, Any]) -> Iterator[Problem]:
        """Yield what CELLS claim otherwise than VALUES, the row as it was read."""
        for name, at in self._places.items():
            typed = cell_rules.plain(cells[at])
            if typed and (found := getattr(self, f"_{name}")(typed, values)):
                yield found

    def _age(self, typed: str, values: Mapping[str, Any]) -> Problem | None:
        number = id_number.read(values.get("id_number"), today=self._today)
        years = _YEARS.fullmatch(typed)
        if not (years and number.birth):
            return None
        apart = abs(int(years[1]) - years_between(number.birth, self._today))
        most = self._parameters.age_apart_max
        return finding("AGE_DIFFERS", "age", most=most) if apart > most else None

    def _lost_contact(self, typed: str, values: Mapping[str, Any]) -> Problem | None:
        is_lost, is_dated = yes_or_no(typed), bool(values.get("lost_contact_on"))
        if is_lost and not is_dated:
            return finding("LOST_UNDATED", "lost_contact")
        return finding("LOST_DIFFERS", "lost_contact") if is_lost is False and is_dated else None
