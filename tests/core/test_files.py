"""Private files leave under their owner's name, by nginx where it stands in front."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from core.models import StoredFile
from core.views import private_file

NAME = '名册 "甲".xlsx'
DISPOSITION = "attachment; filename*=utf-8''%E5%90%8D%E5%86%8C%20%22%E7%94%B2%22.xlsx"


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> StoredFile:
    """A file on disk whose row is not needed."""
    settings.MEDIA_ROOT = tmp_path
    stored = StoredFile(name=NAME)
    path = tmp_path / stored.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"contents")
    return stored


@pytest.mark.django_db
def test_file_is_sent_as_a_download_that_nobody_keeps(stored: StoredFile) -> None:
    response = private_file(stored)

    with contextlib.closing(response):
        assert b"".join(response.streaming_content) == b"contents"  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == DISPOSITION
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Cache-Control"] == "private, no-store"


def test_nginx_sends_the_bytes_where_it_stands_in_front(stored: StoredFile, settings: Any) -> None:
    settings.X_ACCEL_PREFIX = "/_private/"

    response = private_file(stored)

    assert response["X-Accel-Redirect"] == f"/_private/{stored.path}"
    assert response.content == b""  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == DISPOSITION


@pytest.mark.parametrize("prefix", ["", "/_private/"])
def test_file_that_is_gone_is_said_to_be_gone(
    stored: StoredFile, settings: Any, prefix: str
) -> None:
    settings.X_ACCEL_PREFIX = prefix
    (Path(settings.MEDIA_ROOT) / stored.path).unlink()

    with pytest.raises(FileNotFoundError):
        private_file(stored)
