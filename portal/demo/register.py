"""Writes the members of the district and their affiliations in bulk (members' own derived values)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.utils import timezone

from branches.models import Area, Branch
from members.models import Affiliation, Member
from members.parameters import check_parameters
from members.rules import derived
from members.rules.home_study import takes_part_at_home
from portal.demo import loading
from portal.demo.links import Link
from portal.demo.months import Fellow
from portal.demo.people import Person

CHUNK = 2_000
Item = TypeVar("Item")


class Register:
    """Writes people chunk by chunk; keeps only what attendance and accounts need of each."""

    def __init__(self, areas: dict[str, Area], branches: dict[str, Branch]) -> None:
        self.areas = areas
        self.branches = branches
        self.today = timezone.localdate()
        self.parameters = check_parameters(number="", demo=True)

    def write(self, people: Iterable[tuple[Person, list[Link]]]) -> list[Fellow]:
        """Write PEOPLE with their links; return them as fellows in the same order."""
        fellows: list[Fellow] = []
        for chunk in chunks(people):
            keys = loading.write(Member, [self._member(person) for person, _ in chunk])
            pairs = list(zip(keys, chunk, strict=True))
            loading.write(
                Affiliation,
                [self._affiliation(key, link) for key, (_, links) in pairs for link in links],
            )
            fellows += [_fellow(key, person.values, links) for key, (person, links) in pairs]
        return fellows

    def _member(self, person: Person) -> dict[str, Any]:
        branch = self.branches[person.branch.code]
        values = person.values | {
            "branch_id": branch.pk,
            "group_id": self.branches[person.group].pk if person.group else None,
            "community_id": self.areas[person.community].pk,
            "grid_id": self.areas[person.grid].pk if person.grid else None,
            "area_path": branch.area_path,
            "is_demo": True,
        }
        return derived.fill(values, today=self.today, parameters=self.parameters)

    def _affiliation(self, key: int, link: Link) -> dict[str, Any]:
        return {
            "member_id": key,
            "branch_id": self.branches[link.branch].pk,
            "kind": str(link.kind),
            "started_on": link.started_on,
            "ended_on": link.ended_on,
            "end_reason": "组织关系转接" if link.ended_on else "",
            "document": link.document,
        }


def _fellow(key: int, values: dict[str, Any], links: list[Link]) -> Fellow:
    return Fellow(
        pk=key,
        name=values["name"],
        born=values["birth_date"].year,
        is_frail=is_frail(values),
        links=links,
    )


def is_frail(values: dict[str, Any]) -> bool:
    """Return whether study is brought to somebody with these VALUES."""
    return takes_part_at_home(
        ticked=values["needs_home_study"],
        self_care=values["self_care"],
        health_agreed_on=values["health_agreed_on"],
    )


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Yield ITEMS in lists of up to SIZE."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
