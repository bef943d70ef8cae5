"""Every test of activities happens on 22 November 2026, a Sunday morning in Shanghai."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from branches.models import Branch
from members.models import Member
from tests.factories.activities import make_roster


def shanghai(*moment: int) -> dt.datetime:
    """Return a moment by the clock on the wall; in UTC, so that the machine's own zone stays."""
    local: Any = moment  # year, month, day, …
    wall = dt.datetime(*local)  # noqa: DTZ001 -- the next line says whose clock
    return wall.replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(dt.UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Give the clock, to be moved by the test."""
    with time_machine.travel(shanghai(2026, 11, 22, 10)) as coordinates:
        yield coordinates


@pytest.fixture
def roster(branch: Branch) -> list[Member]:
    """Three members of B1; the third cannot walk far."""
    people = make_roster(branch, 3)
    people[2].needs_home_study = True
    people[2].save()
    return people
