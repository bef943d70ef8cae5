"""Keys are changed in two steps, so that no process meets a text whose key it has not read."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import crypto


@pytest.fixture
def key_file(settings: Any, tmp_path: Path, db: None) -> Iterator[Path]:
    """A key file of this test's own, with one key."""
    settings.FIELD_KEYS_FILE = tmp_path / "field_keys.json"
    crypto.make_key_file(settings.FIELD_KEYS_FILE)
    crypto.key_ring.cache_clear()
    yield settings.FIELD_KEYS_FILE
    crypto.key_ring.cache_clear()


def restart() -> None:
    """Read the key file as a new process does."""
    crypto.key_ring.cache_clear()


def test_text_sealed_before_and_after_the_change_opens(key_file: Path) -> None:
    before = crypto.seal("甲", "t.c")
    index = crypto.blind_index("甲", "t.c")

    call_command("field_keys", "add")
    restart()
    between = crypto.seal("乙", "t.c")
    call_command("field_keys", "use", "2")
    restart()
    after = crypto.seal("丙", "t.c")

    assert [crypto.unseal(text, "t.c") for text in (before, between, after)] == ["甲", "乙", "丙"]
    assert crypto.key_ring().current == 2
    assert crypto.blind_index("甲", "t.c") == index


def test_file_stays_readable_to_its_owner_only(key_file: Path) -> None:
    call_command("field_keys", "add")

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o400
    assert list(key_file.parent.iterdir()) == [key_file]


def test_numbers_are_shown_and_nothing_else(key_file: Path, capsys: Any) -> None:
    call_command("field_keys", "add")
    capsys.readouterr()

    call_command("field_keys", "show")

    assert capsys.readouterr().out == "密钥编号：1、2；正在使用：1\n"


@pytest.mark.parametrize("arguments", [["use"], ["use", "7"]])
def test_key_that_is_not_there_cannot_be_used(key_file: Path, arguments: list[str]) -> None:
    before = key_file.read_bytes()

    with pytest.raises(CommandError, match="已有的密钥编号"):
        call_command("field_keys", *arguments)

    assert key_file.read_bytes() == before
