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


@dataclass(frozen=True)
class Figure:
    """A number to know, and the address where exactly its rows are listed."""

    word: str
    count: int
    url: str


@dataclass(frozen=True)
class Card:
    """Figures that belong together, in one row of the front page."""

    title: str
    figures: tuple[Figure, ...]


Provider = Callable[["User"], Iterable[Tile]]
CardProvider = Callable[["User"], Card | None]
_providers: list[Provider] = []
_cards: list[CardProvider] = []


def register(provider: Provider) -> Provider:
    """Let PROVIDER put tiles on the front page; it is called with the user who looks."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def tiles_for(user: "User") -> list[Tile]:
    """Return the tiles of USER in the order in which the rooms registered."""
    return [tile for provider in _providers for tile in provider(user)]


def register_card(provider: CardProvider) -> CardProvider:
    """Let PROVIDER put a row of figures below what is due; None for who has nothing to see there."""
    if provider not in _cards:
        _cards.append(provider)
    return provider


def cards_for(user: "User") -> list[Card]:
    """Return the cards of USER in the order in which the rooms registered."""
    return [card for provider in _cards if (card := provider(user))]
