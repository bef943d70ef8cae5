"""Later work that stands on what a batch wrote: while there is any, the batch is not taken back.

A room above that keeps records of members registers what of them rests on a tie.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.models import User
from members.models import Affiliation, Member

OLD_HOME = "原来的党支部已经撤销，回不去"
SCOPE = "已不在您的管理范围，请联系上级老干部局"
NAMED = 50  # members listed under one obstacle
_SAID = 10  # of them in a sentence
_REFUSED = (
    "没有撤回，什么都没有改：下面这些是后来办的。请先办好这些，再来撤回；办不了的，请一位一位改。"
)
_HIDDEN = "（不在您的管理范围）"

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
    """Yield what was recorded because TIES stand.

    Asked of the records alone: with thousands of TIES on both sides of a join PostgreSQL, which has
    no statistics of what was written just now, may walk every pair.
    """
    for what, finder in _uses:
        yield from about(what, {*finder(ties).order_by().values_list("member", flat=True)})


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


def about_ended(what: str, ties: "QuerySet[Affiliation]") -> list[Obstacle]:
    """Return WHAT on whose TIES somebody ended: to withdraw them would lose that day and its reason.

    Those withdrawn already never were, and are in nobody's way.
    """
    ended = ties.filter(ended_on__isnull=False, withdrawn_on__isnull=True)
    return among(what, Member.objects.filter(pk__in=ended.values("member")))


def merged(obstacles: Collection[Obstacle]) -> list[Obstacle]:
    """Return OBSTACLES with those about the same thing as one."""
    together: dict[str, Obstacle] = {}
    for each in obstacles:
        earlier = together.get(each.what, Obstacle(each.what, 0, []))
        members = [*earlier.members, *each.members][:NAMED]
        together[each.what] = Obstacle(each.what, earlier.number + each.number, members)
    return list(together.values())


def refuse_if(found: Collection[Obstacle], *, by: User) -> None:
    """Raise ValidationError where anything is FOUND: each obstacle, the first of its people by name.

    Whom BY does not see is counted, never named.
    """
    if not found:
        return
    obstacles = merged(found)
    keys = {key for each in obstacles for key in each.members}
    seen = dict(Member.objects.visible_to(by).filter(pk__in=keys).values_list("pk", "name"))
    said = [f"{each.what}：{_people(each, seen)}。" for each in obstacles]
    raise ValidationError([_REFUSED, *said])


def _people(obstacle: Obstacle, seen: Mapping[int, str]) -> str:
    """Say whom OBSTACLE is about; SEEN are the names that may be told."""
    names = [seen[key] for key in obstacle.members if key in seen]
    hidden = len(obstacle.members) - len(names)
    where = "" if obstacle.what == SCOPE else _HIDDEN
    if not names:
        return f"{obstacle.number:,}人{where}"
    told = "、".join(names[:_SAID])
    if hidden and obstacle.number > NAMED:
        return f"{told}等{obstacle.number:,}人，有的不在您的管理范围"
    rest = f"；另有{hidden}人{where}" if hidden else ""
    visible = obstacle.number - hidden
    return f"{told}等{visible:,}人{rest}" if visible > _SAID else f"{told}{rest}"
