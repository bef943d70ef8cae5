"""Another key file than the database's own, as after a restore that took the wrong one, or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from core import crypto


@contextmanager
def other_key_file(path: Path) -> Iterator[None]:
    """Let the processes start again with the key file at PATH, which need not be there."""
    crypto.key_ring.cache_clear()
    try:
        with override_settings(FIELD_KEYS_FILE=path):
            yield
    finally:
        crypto.key_ring.cache_clear()
