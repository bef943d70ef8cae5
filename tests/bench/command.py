"""``manage.py import_roster`` as a process of its own: what it says, how long, how much memory."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
_LOOK_SECONDS = 0.2


class Told(NamedTuple):
    """One run of the command: its report, wall seconds, peak memory in MB of it and all it starts."""

    report: dict[str, Any]
    wall: float
    peak: float

    @property
    def seconds(self) -> float:
        """Seconds by the command's own report, start-up apart."""
        return float(self.report["seconds"])


def run_import(file: Path, *options: str, code: int = 0) -> Told:
    """Import FILE as the superuser boss; RuntimeError when it ends otherwise than by CODE.

    It runs as a demonstration does: the numbers of made-up people are no doubt there.
    """
    command = [sys.executable, "manage.py", "import_roster", str(file), "--by", "boss", "--json"]
    start = perf_counter()
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env=os.environ | {"DEMO_BANNER": "on"},
        stdout=subprocess.PIPE,
    )
    memory = _Memory(process.pid)
    memory.start()
    out, _ = process.communicate()
    memory.ended.set()
    memory.join()
    if process.returncode != code:
        raise RuntimeError(out.decode()[:2_000])
    return Told(json.loads(out), perf_counter() - start, memory.peak)


class _Memory(threading.Thread):
    """Watches what a process and its children hold; pages that several share count once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        """Look a few times a second."""
        while not self.ended.wait(_LOOK_SECONDS):
            self.peak = max(self.peak, sum(map(_held, _family(self._pid))))


def _family(pid: int) -> list[int]:
    children = []
    with contextlib.suppress(OSError):  # it may end while we look
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            children += map(int, listed.read_text().split())
    return [pid, *(each for child in children for each in _family(child))]


def _held(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
