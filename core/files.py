"""Private files: kept whole or not at all, under names of our own, swept when their time is over."""

import errno
import hashlib
import os
import secrets
import time
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db.models import ProtectedError
from django.utils import timezone

from core.models import BackgroundRun, StoredFile, User
from core.runs import Progress, nightly
from core.spreadsheets import Refusal, RefusedFile

_CHUNK = 1_048_576
_ORPHAN_SECONDS = 24 * 3600
_LONGEST_NAME = 200
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Marks, controls and direction overrides: a name is shown, never used.
_UNSHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def keep_file(
    *,
    by: User,
    name: str,
    source: "Path | File[bytes]",
    content_type: str = "",
    keep_days: int | None = None,
) -> StoredFile:
    """Keep a copy of SOURCE (a path or an upload) as BY's private file, for KEEP_DAYS or for good.

    Written beside its place, forced to the disk, then renamed: a full disk leaves nothing behind.
    RefusedFile (DISK_FULL): there is no room.
    """
    stored = StoredFile(by=by, name=shown_name(name), content_type=content_type)
    if keep_days is not None:
        stored.expires_at = timezone.now() + timedelta(days=keep_days)
    place = path_of(stored)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored.size, stored.sha256 = _write_whole(place, _pieces(source))
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise RefusedFile(Refusal.DISK_FULL) from error
    stored.save()
    return stored


def path_of(stored: StoredFile) -> Path:
    """Return where the bytes of STORED lie."""
    return Path(settings.MEDIA_ROOT) / stored.path


def shown_name(name: str) -> str:
    """Return the user's file name as it may be shown: no folders, nothing invisible, not too long."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSHOWN).strip()
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        name = f"{stem[: _LONGEST_NAME - len(extension)]}.{extension}"
    return name[: _LONGEST_NAME + 1] or "文件"


def sweep_files() -> tuple[int, int]:
    """Remove files whose time is over, and files on disk without a row; return how many of each.

    An upload that was cut off or rolled back leaves an orphan: it goes after a day.
    """
    expired = 0
    for stored in StoredFile.objects.filter(expires_at__lt=timezone.now()):
        place = path_of(stored)
        try:
            stored.delete()
        except ProtectedError:
            continue
        place.unlink(missing_ok=True)
        expired += 1
    return expired, _sweep_orphans()


@nightly("nightly.sweep_files", name="清理过期文件")
def sweep_tonight(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Sweep the files once a night."""
    expired, orphans = sweep_files()
    return {"expired": expired, "orphans": orphans}


def _pieces(source: "Path | File[bytes]") -> Iterator[bytes]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    else:
        yield from source.chunks(_CHUNK)


def _write_whole(place: Path, pieces: Iterable[bytes]) -> tuple[int, str]:
    """Write PIECES to PLACE by way of a temporary file; return size and SHA-256."""
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    size, digest = 0, hashlib.sha256()
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                size += len(piece)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)
    return size, digest.hexdigest()


def _sweep_orphans() -> int:
    root = Path(settings.MEDIA_ROOT) / "files"
    before = time.time() - _ORPHAN_SECONDS
    old = {path.name: path for path in root.glob("*/*") if path.stat().st_mtime < before}
    for stored_id in StoredFile.objects.values_list("pk", flat=True).iterator():
        old.pop(stored_id.hex, None)
    for path in old.values():
        path.unlink(missing_ok=True)
    return len(old)
