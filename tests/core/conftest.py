"""What the core tests share."""

import pytest

from core.runs import registry


@pytest.fixture
def runners(monkeypatch):
    """Kinds registered in a test are gone after it; the rooms' own nightly work keeps out of it."""
    monkeypatch.setattr(registry, "_runners", dict(registry._runners))
    monkeypatch.setattr(registry, "_nightly", [])
