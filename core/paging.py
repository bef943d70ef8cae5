"""Counting and paging of long registers without counting them whole (speed §3)."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db import connections

COUNT_LIMIT = 10_000


class RegisterPaginator(Paginator):
    """Counts no further than COUNT_LIMIT; a whole table on PostgreSQL by its own estimate.

    ``is_capped``: there are more than the pages reach; a narrower search reaches them.
    """

    @cached_property
    def count(self) -> int:
        """Rows that the pages reach."""
        return min(self._counted, COUNT_LIMIT)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than the pages reach."""
        return self._counted > COUNT_LIMIT

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if not rows.query.where and (estimate := _estimate(rows)) > COUNT_LIMIT:
            return estimate
        return rows.order_by()[: COUNT_LIMIT + 1].count()


def _estimate(rows: Any) -> int:
    """Return PostgreSQL's estimate of a whole table; 0 where there is none."""
    connection = connections[rows.db]
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [connection.ops.quote_name(rows.model._meta.db_table)],
        )
        return int(cursor.fetchone()[0])
