"""Later work that stands on what a batch wrote: while there is any, the batch is not taken back.

A room above that keeps records of members registers what of them rests on a tie.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from members.models import Affiliation, Member

OLD_HOME = "原来的党支部已经撤销，回不去"
SCOPE = "已不在您的管理范围，请联系上级老干部局"
NAMED = 50  # members listed under one obstacle
_SAID = 10  # of them in a sentence

Finder = Callable[["QuerySet[Affiliation]"], "QuerySet[Any, Any]"]
_uses: list[tuple[str, Finder]] = []


@dataclass(frozen=True)
class Obstacle:
    """Later work that was built on a batch: what, on how many, and the first of them by id."""

    what: str
    number: int
    members: list[int]


class BuiltOn(Exception):
    """The batch cannot be taken back; holds every obstacle."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(len(obstacles))
        self.obstacles = tuple(obstacles)


def register_use_of_ties(what: str, finder: Finder) -> None:
    """Name records that rest on ties: FINDER returns the keys of the members who have any on TIES."""
    _uses.append((what, finder))


def uses_of(ties: "QuerySet[Affiliation]") -> Iterator[Obstacle]:
    """Yield what was recorded because TIES stand."""
    for what, finder in _uses:
        yield from among(what, Member.objects.filter(pk__in=finder(ties)))


def among(what: str, rows: "QuerySet[Member]") -> list[Obstacle]:
    """Return WHAT stands on ROWS; nothing where there are none."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct()[: NAMED + 1])
    if not keys:
        return []
    number = rows.distinct().count() if len(keys) > NAMED else len(keys)
    return [Obstacle(what, number, keys[:NAMED])]


def about(what: str, keys: Collection[int]) -> list[Obstacle]:
    """Return WHAT stands on the members of KEYS; nothing where there are none."""
    return [Obstacle(what, len(keys), sorted(keys)[:NAMED])] if keys else []


def merged(obstacles: Collection[Obstacle]) -> list[Obstacle]:
    """Return OBSTACLES with those about the same thing as one."""
    together: dict[str, Obstacle] = {}
    for each in obstacles:
        earlier = together.get(each.what, Obstacle(each.what, 0, []))
        members = [*earlier.members, *each.members][:NAMED]
        together[each.what] = Obstacle(each.what, earlier.number + each.number, members)
    return list(together.values())


def refuse_if(found: Collection[Obstacle]) -> None:
    """Raise ValidationError where anything is FOUND: each obstacle, the first of its people by name."""
    if not found:
        return
    obstacles = merged(found)
    named = [key for each in obstacles for key in each.members[:_SAID]]
    names = dict(Member.objects.filter(pk__in=named).values_list("pk", "name"))
    said = [
        "没有撤回，什么都没有改：下面这些是后来办的，先理顺再来撤回；理不顺的，请一位一位办理。"
    ]
    for each in obstacles:
        people = "、".join(names[key] for key in each.members[:_SAID])
        more = f"等{each.number:,}人" if each.number > _SAID else ""
        said.append(f"{each.what}：{people}{more}。")
    raise ValidationError(said)
