"""``manage.py import_roster`` in chunks of ten rows, for tests that kill it in the middle.

Run as ``python -m tests.members.roster.small_chunks FILE --by USER …``. With ``MEETING_PLACE`` (a
folder) it opens the roster and goes on only when two processes have opened theirs. With ``--undo
RUN`` it takes a written roster back instead.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- after the setup
from django.core.management import call_command  # noqa: E402 -- as above

from core.models import BackgroundRun  # noqa: E402 -- as above
from core.runs import run_now  # noqa: E402 -- as above
from members.management.commands import import_roster  # noqa: E402 -- as above
from members.roster import runs  # noqa: E402 -- as above

runs.CHUNK_ROWS = runs.JUDGED_TOGETHER = 10
runs.CHUNK_GROWTH = 1
settings.RUN_STALE_SECONDS = 2
open_roster = import_roster.open_roster


def open_and_meet(**options: Any) -> Any:
    """Open the roster, then wait for the other process to have opened his."""
    batch = open_roster(**options)
    place = Path(os.environ["MEETING_PLACE"])
    (place / str(os.getpid())).touch()
    deadline = time.monotonic() + 60
    while len(list(place.iterdir())) < 2:
        if time.monotonic() > deadline:
            raise SystemExit("nobody else came")
        time.sleep(0.01)  # the other one is another process
    return batch


def undo(key: int) -> None:
    """Carry out the run KEY, which takes a roster back; wait until a dead holder is given up."""
    run = BackgroundRun.objects.get(pk=key)
    deadline = time.monotonic() + 60
    while not run_now(run).is_finished:
        if time.monotonic() > deadline:
            raise SystemExit("nobody finished it")
        time.sleep(0.1)  # the holder's silence is what is waited for


if __name__ == "__main__":
    if "MEETING_PLACE" in os.environ:
        import_roster.open_roster = open_and_meet
    if sys.argv[1] == "--undo":
        undo(int(sys.argv[2]))
    else:
        call_command("import_roster", *sys.argv[1:])
