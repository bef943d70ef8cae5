"""A disk that is soon full."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

MEGABYTE = 1_048_576


class Disk(NamedTuple):
    """A folder with so much ROOM, in bytes."""

    place: Path
    room: int

    def left(self) -> list[Path]:
        """Return the files on it."""
        return [path for path in self.place.rglob("*") if path.is_file()]


@contextmanager
def small_disk(place: Path) -> Iterator[Disk]:
    """Give a disk of its own, as root may; else let no file of this process, and of those it starts, grow on."""
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode == 0:
        try:
            yield Disk(place, 4 * MEGABYTE)
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        return
    room = 16 * MEGABYTE  # databases have to fit
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield Disk(place, room)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
