"""People and runs of the core tests."""

import pytest

from core.models import User
from core.runs import registry


@pytest.fixture
def staff(db):
    """A system administrator by superuser right: the bureau's posts are tested with branches."""
    return User.objects.create_superuser("boss", "银辉2026安全", display_name="周管理")


@pytest.fixture
def member(db):
    """Somebody without any post, with a telephone."""
    return User.objects.create_user(
        "00000017", "银辉2026安全", display_name="张建国", phone="16112345678"
    )


@pytest.fixture
def outsider(db):
    """Somebody else without any post."""
    return User.objects.create_user("00000018", "银辉2026安全", display_name="李秀英")


@pytest.fixture
def runners(monkeypatch):
    """Kinds registered in a test are gone after it; the rooms' own nightly work keeps out of it."""
    monkeypatch.setattr(registry, "_runners", dict(registry._runners))
    monkeypatch.setattr(registry, "_nightly", [])
