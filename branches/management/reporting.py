"""How the import commands of this app report: refusals with all faults, and time."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from branches.refusal import FileRefused

# Exit code of a file of which nothing was written.
REFUSED = 2


@contextmanager
def refuse_with_all_faults(command: BaseCommand, *, as_json: bool) -> Iterator[None]:
    """Turn FileRefused into the list of its faults and exit code 2."""
    try:
        yield
    except FileRefused as refusal:
        if as_json:
            problems = [problem._asdict() for problem in refusal.problems]
            command.stdout.write(json.dumps({"problems": problems}, ensure_ascii=False))
        elif not any(
            problem.row for problem in refusal.problems
        ):  # the file itself: that says it all
            raise CommandError("\n".join(map(str, refusal.problems)), returncode=REFUSED) from None
        else:
            for problem in refusal.problems:
                command.stderr.write(str(problem))
        message = f"文件有{len(refusal.problems)}处问题，什么也没有写入。请改好后再导入。"
        raise CommandError(message, returncode=REFUSED) from None


def seconds_since_start() -> float:
    """Return the age of this process: what starting up took. Where unknown, its processor time."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except OSError:
        return round(time.process_time(), 2)
    started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return round(uptime - started, 2)
