"""The words of the demonstration district: places, names, topics (fixtures/demo_*.json)."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings


@lru_cache(maxsize=3)
def read(name: str) -> Any:
    """Return the contents of ``fixtures/demo_NAME.json``."""
    path = settings.BASE_DIR / "fixtures" / f"demo_{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def places() -> dict[str, Any]:
    """Streets, communities, units, associations, works, places of the three ties."""
    return read("places")


def topics() -> dict[str, Any]:
    """Theme-day topics by month, lessons, minutes and their agendas, reasons for leave, rooms."""
    return read("topics")


def agenda_of(minutes: str) -> str:
    """Return the steps that go with MINUTES, one of those of the topics."""
    known = topics()
    return str(known["agendas"][known["minutes"].index(minutes)])
