"""All tests of members happen on one day."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.models import RuleParameter
from tests.cast import TODAY


@pytest.fixture(autouse=True)
def today() -> Iterator[dt.date]:
    """Set the clock to ten in the morning of the cast's day."""
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning, tick=True):
        yield TODAY


@pytest.fixture
def modules_on(db: None) -> None:
    """Let the register keep dues bases and ranks too."""
    RuleParameter.objects.filter(key__startswith="module.").update(value="开")
