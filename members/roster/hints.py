"""What is told beside a row and neither asks nor refuses: where somebody lives (domain §3.3 10, 12).

Of rows that change nothing nothing is told: they are known at a glance (``familiar``).
"""

from collections.abc import Sequence
from typing import Any

from members.models import Member
from members.querysets import listed_paths
from members.roster.doubts import MAY_BE_WRITTEN
from members.roster.lookups import Places
from members.roster.register import Stored
from members.roster.validation import Judged
from members.rules.checks import check_places, names_another_city

# As the register has them where the row does not say.
_SAID_BEFORE = ("lost_contact_on", "floating")


class Hints:
    """Gives the rows of one file their hints: one query a chunk, of known people who may have one.

    Half a million rows come by, so nearly all are passed with two looks at what is known by heart.
    """

    def __init__(self, places: Places) -> None:
        self._places = places

    def give(self, rows: Sequence[Judged]) -> None:
        """Add the hints of those of ROWS, after they were matched, that may be written."""
        asked = [judged for judged in self._conspicuous(rows) if judged.state in MAY_BE_WRITTEN]
        known = _registered([judged.member_id for judged in asked if judged.member_id])
        for judged in asked:
            stored = known.get(judged.member_id or 0, {})
            judged.hints = (*judged.hints, *check_places(self._with_places(judged, stored)))

    def _conspicuous(self, rows: Sequence[Judged]) -> list[Judged]:
        """Return those of ROWS with a community outside the branch's area, or a city not its own."""
        lives_apart, cities = self._places.lives_apart, self._places.cities
        found = []
        for judged in rows:
            values = judged.values
            community, address = values.get("community"), values.get("address")
            if (community and lives_apart[values["area_path"], community]) or (
                address
                and "市" in address
                and "area_path" in values
                and names_another_city(address, cities[values["area_path"]])
            ):
                found.append(judged)
        return found

    def _with_places(self, judged: Judged, stored: Stored) -> dict[str, Any]:
        """Return what the checks of places ask about a row; STORED as the register has the person."""
        values, paths = judged.values, self._places.area_paths
        home = values["area_path"]
        links = [self._places.branch_paths[branch] for branch, _ in judged.links]
        return {
            **{name: stored.get(name) for name in _SAID_BEFORE},
            **values,
            "branch_area_path": home,
            "community_path": paths.get(values.get("community") or 0, ""),
            "link_area_paths": [*links, *listed_paths(stored.get("link_paths"))],
            "city_names": self._places.cities[home],
        }


def _registered(keys: Sequence[int]) -> dict[int, Stored]:
    """Return by key what the register knows of where these members are; nothing is asked of nobody."""
    if not keys:
        return {}
    rows = Member.objects.filter(pk__in=keys).with_link_paths().order_by()
    return {row["pk"]: row for row in rows.values("pk", "link_paths", *_SAID_BEFORE)}
