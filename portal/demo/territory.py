"""Streets, communities, groups and grids of the district on paper (domain §5.2, §5.3)."""

from collections.abc import Iterator

from branches.enums import AreaLevel
from portal.demo import wording
from portal.demo.plan import AreaPlan
from portal.demo.recipe import Recipe

GROUPS = 2  # residents' groups of a community
GRIDS = 2  # grids of a group
FIRST_TOWN_CODE = 100  # 001-099 are streets, 100-199 towns (GB/T 10114)


def areas(recipe: Recipe) -> Iterator[AreaPlan]:
    """Yield the district and everything below it, parents first."""
    code, name = wording.places()["district"]
    yield AreaPlan(code, name, AreaLevel.DISTRICT)
    first_town = wording.places()["first_town"]
    for index, (street, communities) in enumerate(wording.places()["streets"][: recipe.streets]):
        number = index + 1 if index < first_town else FIRST_TOWN_CODE + index - first_town
        street_code = f"{code[:6]}{number:03d}000"
        yield AreaPlan(street_code, street, AreaLevel.STREET, code)
        names = communities.split()[: recipe.communities]
        for position, community in enumerate(names, start=1):
            yield from _community(f"{street_code[:9]}{position:03d}", community, street_code)


def _community(code: str, name: str, street: str) -> Iterator[AreaPlan]:
    yield AreaPlan(code, f"{name}社区", AreaLevel.COMMUNITY, street)
    for group in range(1, GROUPS + 1):
        group_code = f"{code}{group:02d}"
        yield AreaPlan(group_code, f"{name}第{'一二'[group - 1]}小组", AreaLevel.GROUP, code)
        for grid in range(1, GRIDS + 1):
            number = (group - 1) * GRIDS + grid
            yield AreaPlan(
                f"{group_code}{grid:02d}", f"{name}{number}号网格", AreaLevel.GRID, group_code
            )
