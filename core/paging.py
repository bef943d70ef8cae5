"""Counting and paging of long registers without counting them whole (speed §3)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
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
        rows = rows.order_by()
        if rows.query.default_cols and not rows.query.combinator:
            rows = rows.values("pk")  # or what a page shows beside each row is worked out for all
        return rows[: COUNT_LIMIT + 1].count()


class CountedPaginator(RegisterPaginator):
    """Pages of rows of which there are NUMBER: the page has counted them already."""

    def __init__(self, rows: Any, per_page: int, number: int) -> None:
        super().__init__(rows, per_page)
        self.__dict__["_counted"] = number


class ListPaginator(RegisterPaginator):
    """Where there are more rows than the pages reach, one page more shows the very last of them.

    For a list whose links name that page; the others page on to the end of what is counted.
    """

    @cached_property
    def num_pages(self) -> int:
        """Pages that can be turned to."""
        return int(super().num_pages) + self.is_capped

    def page(self, number: int | str) -> "Page[Any]":
        """Return a page; the one after those counted is the end of the register."""
        number = self.validate_number(number)
        if not self.is_capped or number < self.num_pages:
            return super().page(number)
        rows: Any = self.object_list
        last: Sequence[Any] = list(rows.reverse()[: self.per_page])[::-1]
        return Page(last, number, self)


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
