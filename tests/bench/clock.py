"""Processor time: others share the machine, so the clock on the wall tells little."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

from django.db import connection


def processor_seconds() -> float:
    """Return the processor time spent so far by this process and by its PostgreSQL session."""
    spent = process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        on_processor = Path(f"/proc/{pid}/schedstat").read_text().split()[0]
        spent += int(on_processor) / 1e9
    return spent


def least(act: Callable[[], object], *, times: int, warm_up: int = 1) -> float:
    """Return the least processor seconds of ACT in so many TIMES."""
    took = []
    for number in range(warm_up + times):
        began = processor_seconds()
        act()
        if number >= warm_up:
            took.append(processor_seconds() - began)
    return min(took)
