"""Processor time: others share the machine, so the clock on the wall tells less; it is read as well."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from django.db import connection

# Workers that would help a session are processes of their own, and their time would go uncounted.
_ALONE = "SELECT pg_backend_pid(), set_config('max_parallel_workers_per_gather', '0', false)"


class Took(NamedTuple):
    """The least seconds of some tries: of the processors, and on the wall."""

    processor: float
    wall: float


def processor_seconds() -> float:
    """Return the processor time spent so far by this process and by its PostgreSQL session."""
    spent = process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_ALONE)
            pid = cursor.fetchone()[0]
        on_processor = Path(f"/proc/{pid}/schedstat").read_text().split()[0]
        spent += int(on_processor) / 1e9
    return spent


def least(act: Callable[[], object], *, times: int, warm_up: int = 1) -> Took:
    """Return the least seconds of ACT in so many TIMES."""
    took = []
    for number in range(warm_up + times):
        began, before = perf_counter(), processor_seconds()
        act()
        if number >= warm_up:
            took.append(Took(processor_seconds() - before, perf_counter() - began))
    return Took(min(each.processor for each in took), min(each.wall for each in took))
