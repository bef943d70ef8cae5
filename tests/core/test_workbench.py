"""The registry of the front page."""

import pytest

from core import workbench
from core.models import User
from core.workbench import Tile

SOMEBODY = User(username="张三")


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with nobody registered."""
    monkeypatch.setattr(workbench, "_providers", [])


def test_tiles_come_in_the_order_of_registration() -> None:
    first, second, third = (Tile(label, 1, "/") for label in "甲乙丙")
    workbench.register(lambda user: [first, second])
    workbench.register(lambda user: [third])
    assert workbench.tiles_for(SOMEBODY) == [first, second, third]


def test_a_provider_registers_once() -> None:
    def provider(user: object) -> list[Tile]:
        return [Tile("甲", 1, "/")]

    assert workbench.register(workbench.register(provider)) is provider
    assert len(workbench.tiles_for(SOMEBODY)) == 1


def test_a_provider_is_asked_for_the_user_who_looks() -> None:
    workbench.register(lambda user: [Tile(user.username, 1, "/")])
    assert workbench.tiles_for(SOMEBODY) == [Tile("张三", 1, "/")]
