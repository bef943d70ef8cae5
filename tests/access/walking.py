"""Reading the table and asking the portal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.access.table import ROLES, TABLE
from tests.access.things import THINGS, World

# Larger than any key, small enough for every database.
NOWHERE = 987_654_321
NO_FILE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    name: str
    arguments: str
    query: str
    answers: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.arguments}".strip()

    @property
    def key(self) -> tuple[str, str]:
        """Return what no other line has: method and name."""
        return self.method, self.name

    @property
    def other(self) -> "Row":
        """Return the line that would ask the same address by the other method."""
        return replace(self, method="GET" if self.method == "POST" else "POST")

    @property
    def is_route(self) -> bool:
        """Return whether the address has no name."""
        return "/" in self.name

    @property
    def named_things(self) -> list[str]:
        """Return the arguments that name rows."""
        return [key for key, value in self._pairs() if value in THINGS]

    def address(self, world: World, *, nowhere: bool = False) -> str:
        """Return the path; with NOWHERE the one of a row that does not exist."""
        values: dict[str, Any] = {}
        for key, value in self._pairs():
            if value not in THINGS:
                values[key] = value
            elif nowhere:
                values[key] = NO_FILE if value == "file" else NOWHERE
            else:
                values[key] = world[value].pk
        if not self.is_route:
            return reverse(self.name, kwargs=values) + self.query
        path = re.split(r"[<(]", self.name)[0]
        return f"/{path}{next(iter(values.values()))}/{self.query}"

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for pair in filter(None, self.arguments.split(",")):
            key, _, value = pair.partition("=")
            yield key, value


def rows() -> Iterator[Row]:
    """Read the table."""
    for line in TABLE.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        method, name, arguments, *answers = line.split()
        arguments, mark, query = arguments.partition("?")
        assert len(answers) == len(ROLES), f"{line}: one answer a role"
        yield Row(method, name, arguments.strip("-"), mark + query, tuple(map(int, answers)))


def ask(client: Client, row: Row, address: str) -> Any:
    """Ask for ADDRESS and take back whatever the answer wrote."""
    cookies: Any = client.cookies.copy()
    with transaction.atomic():
        answer: Any = client.post(address) if row.method == "POST" else client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # closes the file
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def addresses(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[str]:
    """Walk the resolver: each address's name, or its route when it has none."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield namespace + pattern.name if pattern.name else route
        else:
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, route, inside)
