"""What the core tests share."""

import pytest

from core.runs import registry, runner
from tests.core.counted import ROWS
from tests.core.signing_in import NAME, PHONE
from tests.factories.branches import make_user


@pytest.fixture
def runners(monkeypatch):
    """Kinds registered in a test are gone after it; the rooms' own nightly work keeps out of it."""
    monkeypatch.setattr(registry, "_runners", dict(registry._runners))
    monkeypatch.setattr(registry, "_nightly", {})


@pytest.fixture
def written():
    """What the counting work wrote."""
    return []


@pytest.fixture
def counting(runners, written):
    """Register work of ten rows in chunks of two, going on from its checkpoint."""

    @runner("count", name="点数", page=lambda run: f"/counted/{run.pk}/")
    def count(run, progress):
        progress.expect(ROWS)
        for row in range(run.checkpoint.get("row", 0), ROWS, 2):
            with progress.chunk(2, checkpoint={"row": row + 2}):
                written.extend((row, row + 1))
        return {"rows": ROWS}


@pytest.fixture
def elder():
    """A user with a member number and a telephone."""
    return make_user(NAME, display_name="张建国", phone=PHONE)
