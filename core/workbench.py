"""The front page of the admin: what is due today. Rooms register their tiles; each number links to its rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Tile:
    """One thing due: COUNT rows (one query), and the address where exactly those rows are listed.

    TONE is "due" (late or waiting for the user), "plan" (coming up) or "" (a figure to know).
    """

    label: str
    count: int
    url: str
    tone: str = ""
    unit: str = ""


Provider = Callable[["User"], Iterable[Tile]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Let PROVIDER put tiles on the front page; it is called with the user who looks."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def tiles_for(user: "User") -> list[Tile]:
    """Return the tiles of USER in the order in which the rooms registered."""
    return [tile for provider in _providers for tile in provider(user)]
