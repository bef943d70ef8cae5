"""How far a user's posts reach. Higher rooms register what they know; querysets ask here.

A ``Reach`` says which rows one verb opens; ``ScopedQuerySet`` turns it into a filter. Providers
are called once per user object, that is once per request: what changed shows at the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.enums import Verb

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Reach:
    """Rows one verb opens to one user: everything, or subtrees, or his own."""

    everything: bool = False
    area_paths: tuple[str, ...] = ()
    branch_paths: tuple[str, ...] = ()
    own_branch_ids: tuple[int, ...] = ()

    def covers(self, other: "Reach") -> bool:
        """Say whether all that OTHER opens is opened by this reach too, post by post."""
        if self.everything or other.everything:
            return self.everything
        return (
            all(path.startswith(tuple(self.area_paths)) for path in other.area_paths)
            and all(path.startswith(tuple(self.branch_paths)) for path in other.branch_paths)
            and set(other.own_branch_ids) <= set(self.own_branch_ids)
        )

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            everything=self.everything or other.everything,
            area_paths=self.area_paths + other.area_paths,
            branch_paths=self.branch_paths + other.branch_paths,
            own_branch_ids=self.own_branch_ids + other.own_branch_ids,
        )


@dataclass(frozen=True)
class Standing:
    """Everything the rooms know of a user: roles held today and the reach of each verb."""

    roles: frozenset[str] = frozenset()
    reach: dict[Verb, Reach] = field(default_factory=dict)

    def __or__(self, other: "Standing") -> "Standing":
        reach = {verb: self.reach_for(verb) | other.reach_for(verb) for verb in Verb}
        return Standing(roles=self.roles | other.roles, reach=reach)

    def reach_for(self, verb: Verb) -> Reach:
        """Return the reach of VERB; nothing when no room granted any."""
        return self.reach.get(verb, Reach())


_providers: list[Callable[["User"], Standing]] = []


def register(provider: Callable[["User"], Standing]) -> Callable[["User"], Standing]:
    """Let PROVIDER add to every active user's standing."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def standing_of(user: "User") -> Standing:
    """Return the standing of USER today; an inactive user has none (fails closed)."""
    if not user.is_active:
        return Standing()
    everything = Reach(everything=user.is_superuser)
    standing = Standing(reach=dict.fromkeys(Verb, everything))
    for provider in _providers:
        standing |= provider(user)
    return standing
