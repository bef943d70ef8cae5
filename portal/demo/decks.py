"""Seeded chance: shares that come out exactly, and figures that spread believably."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

Card = TypeVar("Card")


class Dice(random.Random):
    """Throws three times as fast as the standard ones: even enough for some thousand choices."""

    def choice(self, seq: Any) -> Any:
        """Return one of SEQ."""
        return seq[int(self.random() * len(seq))]

    def randint(self, a: int, b: int) -> int:
        """Return a number from A to B, both included."""
        return a + int(self.random() * (b - a + 1))


def chance(seed: int, part: str) -> Dice:
    """Return the dice of one PART of the district: the same seed, the same throws."""
    return Dice(f"{seed} {part}")


def deck(chance: random.Random, total: int, shares: Mapping[Card, float]) -> list[Card]:
    """Return TOTAL shuffled cards in the proportions of SHARES, exact to one card each."""
    weight = sum(shares.values())
    exact = {card: total * share / weight for card, share in shares.items()}
    counts = {card: int(number) for card, number in exact.items()}
    by_rest = sorted(exact, key=lambda card: counts[card] - exact[card])
    for card in by_rest[: total - sum(counts.values())]:
        counts[card] += 1
    cards = [card for card, count in counts.items() for _ in range(count)]
    chance.shuffle(cards)
    return cards


def sizes(chance: random.Random, total: int, parts: int, spread: float = 0.4) -> list[int]:
    """Split TOTAL into PARTS numbers that differ by up to SPREAD either way from the mean."""
    weights = [1 + chance.uniform(-spread, spread) for _ in range(parts)]
    found = [int(total * weight / sum(weights)) for weight in weights]
    for index in range(total - sum(found)):
        found[index % parts] += 1
    return found


def day_between(chance: random.Random, first: dt.date, last: dt.date) -> dt.date:
    """Return a day from FIRST to LAST; FIRST when there is none between."""
    return first + dt.timedelta(days=chance.randint(0, max(0, (last - first).days)))


def pick(chance: random.Random, words: str | Sequence[str]) -> str:
    """Return one of WORDS (a sequence, or one text with blanks between)."""
    return chance.choice(_split(words) if isinstance(words, str) else words)


@lru_cache(maxsize=1000)
def _split(words: str) -> list[str]:
    return words.split()


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the first day of every month from FIRST's to LAST's."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: dt.date) -> dt.date:
    """Return the first day of the month after MONTH."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def years_after(day: dt.date, years: int) -> dt.date:
    """Return the same day YEARS later; 29 February becomes 28 February."""
    if day.month == 2 and day.day == 29:
        day = day.replace(day=28)
    return day.replace(year=day.year + years)
