"""Writing the chunks of a confirmed roster, on PostgreSQL two at once: each over its own connection.

Nearly all the time goes to the server's index upkeep, which one connection cannot spread over two
processors. The second lane takes only new members, who meet no lock that the first lane may hold.
Its transaction begins and ends within the first one's, which holds the run's row: whoever was given
up for dead writes in neither. Each chunk's record is part of its own transaction, so what one lane
lost is simply not recorded, and is written next.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef

from core.runs import Progress
from members.enums import ChunkKind, RosterRowState
from members.models import RosterBatch, RosterRow
from members.roster.applying import Writer

_TWO = 2
_FILLED = 0.8  # of the time that others may wait, a chunk is to take so much
_WORTH_IT = 4  # chunks: for fewer another connection is not opened
# The first lane waits for the second, unseen by the server's search for deadlocks.
_LONGEST_WAIT = "SET LOCAL lock_timeout = '5s'"


class Part(NamedTuple):
    """The rows of one chunk: the first, the last, how many between are wanted, both included."""

    first: int
    last: int
    number: int


class Lanes:
    """Writes the rows WANTED of BATCH in chunks of CHUNK_ROWS; MAKE_WRITER gives each lane its own.

    On SQLite chunks grow up to MOST_ROWS while they are short.
    """

    def __init__(
        self,
        batch: RosterBatch,
        wanted: models.QuerySet[RosterRow],
        make_writer: Callable[[], Writer],
        *,
        chunk_rows: int,
        most_rows: int,
    ) -> None:
        self._batch = batch
        self._wanted = wanted
        self._writer = make_writer()
        self._make_writer = make_writer
        self._chunk_rows = self._least = chunk_rows
        self._most = most_rows

    def write(self, progress: Progress) -> None:
        """Write every chunk that is not recorded yet."""
        chunks = self._chunks()
        if not self._is_for_two():
            for part in chunks:
                self._write_alone(part, progress)
            return
        with _second_lane(self._make_writer) as second:
            for part in chunks:
                beside = next(chunks, None)
                if beside is None:
                    self._write_alone(part, progress)
                elif not self._write_both(part, beside, second, progress):
                    self._write_alone(beside, progress)

    def left(self) -> int:
        """Return how many rows are still to be written."""
        recorded = self._batch.chunks.filter(kind=ChunkKind.WRITE)
        if not recorded.exists():
            return self._wanted.count()
        around = recorded.filter(first_row__lte=OuterRef("row"), last_row__gte=OuterRef("row"))
        return self._wanted.exclude(Exists(around)).count()

    def _is_for_two(self) -> bool:
        if connection.vendor != "postgresql" or settings.ROSTER_LANES < _TWO:
            return False
        has_links = any(key.startswith("links_") for key in self._batch.counts)
        if has_links or self._wanted.exclude(state=RosterRowState.NEW).exists():
            return False
        return bool(self._wanted.count() > _WORTH_IT * self._chunk_rows)

    def _write_alone(self, part: Part, progress: Progress) -> None:
        with progress.chunk(part.number, checkpoint={"row": part.last}):
            self._writer.write(part.first, part.last)
        if connection.vendor == "sqlite":
            self._chunk_rows = self._fitting(progress.last_seconds)

    def _fitting(self, took: float) -> int:
        """Return how many rows the next chunk has, after one that TOOK so many seconds.

        A chunk writes nearly every page of the register's indexes anew, however few its rows: longer
        ones are cheaper, as long as others wait no longer for the pen than they may.
        """
        fits = _FILLED * settings.RUN_HOLD_SECONDS / took if took else 2.0
        rows = int(self._chunk_rows * min(2.0, max(0.5, fits)))
        return min(self._most, max(self._least, rows))

    def _write_both(self, part: Part, beside: Part, second: "_Second", progress: Progress) -> bool:
        """Write PART here and BESIDE over there; return whether the latter went well."""
        with progress.chunk(part.number, checkpoint={"row": part.last}):
            other = second(beside.first, beside.last)
            try:
                self._writer.write(part.first, part.last)
            finally:
                went_well = other.result()
        if went_well:
            progress.add(beside.number)
        return went_well

    def _chunks(self) -> Iterator[Part]:
        """Yield the rows of each chunk; left out are the chunks on record, also amid others."""
        recorded = self._batch.chunks.filter(kind=ChunkKind.WRITE).order_by("first_row")
        after = 0
        for first, last in [*recorded.values_list("first_row", "last_row"), (None, None)]:
            rows = self._wanted if first is None else self._wanted.filter(row__lt=first)
            while part := self._next_of(rows.filter(row__gt=after)):
                yield part
                after = part.last
            after = last or after

    def _next_of(self, rows: models.QuerySet[RosterRow]) -> Part | None:
        """Return as many of ROWS as make a chunk; None where none is left."""
        ends = rows.values("row")[: self._chunk_rows].aggregate(
            Min("row"), Max("row"), Count("row")
        )
        part = Part(ends["row__min"], ends["row__max"], ends["row__count"])
        return part if part.number else None


_Second = Callable[[int, int], "Future[bool]"]


@contextmanager
def _second_lane(make_writer: Callable[[], Writer]) -> Iterator[_Second]:
    """Lend a function that writes a range of rows in a thread, over the connection of that thread."""
    writer = make_writer()

    def write(first: int, last: int) -> bool:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(_LONGEST_WAIT)
                writer.write(first, last)
        except DatabaseError:
            return False  # as if it had not been tried: the first lane does it, or says why not
        return True

    with ThreadPoolExecutor(1, thread_name_prefix="roster-lane") as thread:
        try:
            yield lambda first, last: thread.submit(write, first, last)
        finally:
            thread.submit(connections.close_all)
