"""Private files: kept whole or not at all, sealed, under names of our own, swept when their time is over.

What lies on the disk is sealed frame by frame with a key of the file's own (``core.frames``); the
key is a sealed column of its row. A copy of the disk alone, or a file whose row is gone, says nothing.
"""

import errno
import hashlib
import os
import secrets
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import ForeignObjectRel, ProtectedError
from django.utils import timezone

from core.crypto import UnreadableText
from core.frames import SealedWriter, new_key, plain_frames
from core.long_numbers import hide_long_numbers
from core.memory import in_memory
from core.models import BackgroundRun, StoredFile, User
from core.runs import Progress, nightly
from core.spreadsheets import Refusal, RefusedFile
from core.trouble import is_disk_full

_CHUNK = 1_048_576
# With the hours between two sweeps less than a day (security §5b F3), and longer than any writing.
_ORPHAN_SECONDS = 12 * 3600
_SWEEP_HOURS = 8
_LONGEST_NAME = 200
# Marks, controls and direction overrides: a name is shown, never used.
_UNSHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class NewFile:
    """A private file on its way: ``write`` it, then ``keep`` it; see ``new_file``."""

    def __init__(self, stored: StoredFile, temporary: Path, stream: IO[bytes]) -> None:
        self.stored = stored
        self._temporary = temporary
        self._stream = stream
        self._sealed = SealedWriter(stream, stored.key)
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Add DATA; return its length."""
        self._digest.update(data)
        self.stored.size += len(data)
        return self._sealed.write(data)

    def flush(self) -> None:
        """Do nothing: the frames decide what reaches the disk when."""

    def keep(self) -> StoredFile:
        """Force it to the disk, put it in its place and save its row."""
        self._sealed.end()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._temporary.replace(path_of(self.stored))
        self.stored.sha256 = self._digest.hexdigest()
        self.stored.save()
        return self.stored


@contextmanager
def new_file(
    *, by: User, name: str, content_type: str = "", keep_days: int | None = None
) -> Iterator[NewFile]:
    """Let the block write a private file of BY, kept for KEEP_DAYS or for good.

    Written beside its place and put there by ``keep``: without it, after a fault or on a full disk
    nothing is left behind. RefusedFile (DISK_FULL): there is no room.
    """
    stored = StoredFile(by=by, name=shown_name(name), content_type=content_type, key=new_key())
    if keep_days is not None:
        stored.expires_at = timezone.now() + timedelta(days=keep_days)
    place = path_of(stored)
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            yield NewFile(stored, temporary, stream)
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise RefusedFile(Refusal.DISK_FULL) from error
    finally:
        temporary.unlink(missing_ok=True)


def private_writer(place: Path) -> IO[bytes]:
    """Open PLACE, outside the portal's own folder, for writing; nobody but its owner may read it."""
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    stream = os.fdopen(handle, "wb")
    try:
        os.fchmod(handle, 0o600)  # a file that was there before keeps its own mode otherwise
    except OSError:
        stream.close()
        raise
    return stream


def belongs_to_a_row(stored: StoredFile) -> bool:
    """Say whether a row of any register has STORED as its file."""
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: stored}).exists()
        for relation in StoredFile._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
    )


def keep_file(
    *,
    by: User,
    name: str,
    source: "Path | File[bytes]",
    content_type: str = "",
    keep_days: int | None = None,
) -> StoredFile:
    """Keep a copy of SOURCE (a path or an upload) as BY's private file; see ``new_file``."""
    with new_file(by=by, name=name, content_type=content_type, keep_days=keep_days) as new:
        for piece in _pieces(source):
            new.write(piece)
        return new.keep()


def path_of(stored: StoredFile) -> Path:
    """Return where the sealed bytes of STORED lie."""
    return Path(settings.MEDIA_ROOT) / stored.path


def remove_file(stored: StoredFile) -> None:
    """Remove STORED for good, from the disk too once that is committed. ProtectedError: it is in use."""
    place = path_of(stored)
    stored.delete()
    transaction.on_commit(partial(place.unlink, missing_ok=True))


def open_file(stored: StoredFile) -> Iterator[bytes]:
    """Return the plain bytes of STORED, piece by piece.

    FileNotFoundError at once: it is gone, or no key at hand opens it.
    Unreadable on the way: it is not as it was written.
    """
    if isinstance(stored.key, UnreadableText):
        raise FileNotFoundError(errno.ENOENT, "no key opens it")
    stream = path_of(stored).open("rb")
    return _plain(stream, stored.key)


@contextmanager
def plain_copy(stored: StoredFile) -> Iterator[int]:
    """Lend the plain bytes of STORED as an open file in memory; see ``in_memory``.

    FileNotFoundError, Unreadable as from ``open_file``.
    """
    with in_memory(open_file(stored)) as handle:
        yield handle


def shown_name(name: str) -> str:
    """Return the user's file name as it may be shown: no folders, nothing invisible, not too long.

    Nor somebody's number: the name is kept in the clear.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSHOWN).strip()
    name = hide_long_numbers(name)
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        name = f"{stem[: _LONGEST_NAME - len(extension)]}.{extension}"
    return name[: _LONGEST_NAME + 1] or "文件"


def sweep_files() -> tuple[int, int]:
    """Remove files whose time is over, and files on disk without a row; return how many of each.

    An upload that was cut off or rolled back leaves an orphan: it goes within a day.
    """
    expired = 0
    for stored in StoredFile.objects.filter(expires_at__lt=timezone.now()):
        try:
            remove_file(stored)
        except ProtectedError:
            continue
        expired += 1
    return expired, _sweep_orphans()


@nightly("nightly.sweep_files", name="清理过期文件", again_after=_SWEEP_HOURS)
def sweep_tonight(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Sweep the files at night, and twice by day."""
    expired, orphans = sweep_files()
    return {"expired": expired, "orphans": orphans}


def _plain(stream: IO[bytes], key: str) -> Iterator[bytes]:
    """Yield what STREAM holds and close it; without a KEY it was kept before files were sealed."""
    with stream:
        yield from plain_frames(stream, key) if key else iter(lambda: stream.read(_CHUNK), b"")


def _pieces(source: "Path | File[bytes]") -> Iterator[bytes]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield from iter(lambda: stream.read(_CHUNK), b"")
    else:
        yield from source.chunks(_CHUNK)


def _sweep_orphans() -> int:
    root = Path(settings.MEDIA_ROOT) / "files"
    before = time.time() - _ORPHAN_SECONDS
    old = {path.name: path for path in root.glob("*/*") if _is_older(path, before)}
    for stored_id in StoredFile.objects.values_list("pk", flat=True).iterator():
        old.pop(stored_id.hex, None)
    for path in old.values():
        path.unlink(missing_ok=True)
    return len(old)


def _is_older(path: Path, before: float) -> bool:
    """Whether the file at PATH was last written to BEFORE; one that is put in its place just now was not."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False
