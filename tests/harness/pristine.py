"""After a test that commits, the database is put back as the migrations left it.

Django would empty every table, reference data included, stopped by any table that refuses deletion
(the audit trail). This puts the migrated state back whole.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

MOST_BYTES = 256 * 1024  # a table of more is emptied whole


class SqliteCopy:
    """A copy of the whole file in memory, written back by SQLite's own backup interface."""

    def __init__(self) -> None:
        self.copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.ensure_connection()
        connection.connection.backup(self.copy)

    def restore(self) -> None:
        """Put the contents back."""
        connection.ensure_connection()
        self.copy.backup(connection.connection)

    def close(self) -> None:
        """Let the copy go."""
        self.copy.close()


class PostgresCopy:
    """A copy of every table that is not empty, in a schema of its own.

    Nearly every test leaves these tables as they were, and a few rows in others, so a table is put
    back only where its rows are no longer the very same, and its own rows are deleted one by one.
    """

    def __init__(self) -> None:
        self.tables = tuple(sorted(connection.introspection.table_names()))
        with connection.cursor() as cursor:
            self.filled = self._filled(cursor)
            cursor.execute("CREATE SCHEMA pristine")
            for table in sorted(self.filled):
                cursor.execute(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"')
            self.rows = self._rows(cursor)

    def restore(self) -> None:
        """Put the contents back. Identity counters go on, so no key is given twice."""
        with transaction.atomic(), connection.cursor() as cursor:
            # A replica fires no trigger and checks no foreign key; the contents were sound when copied.
            cursor.execute("SET LOCAL session_replication_role = replica")
            # Whoever still writes is waited for, and what he wrote is seen below.
            cursor.execute(f"LOCK TABLE {self._names(self.tables)} IN EXCLUSIVE MODE")
            if grown := self._grown(cursor):
                cursor.execute(f"TRUNCATE {self._names(grown)} CASCADE")
            for table in self._filled(cursor) - self.filled:
                cursor.execute(f'DELETE FROM public."{table}"')  # noqa: S608 -- names come from the database itself
            self._put_back(cursor)

    def _put_back(self, cursor: CursorWrapper) -> None:
        present = self._rows(cursor)
        changed = {table for table in self.filled if present[table] != self.rows[table]}
        for table in changed:
            cursor.execute(f'DELETE FROM public."{table}"')  # noqa: S608 -- as above
            cursor.execute(f'INSERT INTO public."{table}" TABLE pristine."{table}"')
        if changed:
            self.rows = self._rows(cursor)

    def close(self) -> None:
        """Leave the copy: it goes with the test database, which nobody may hold open any longer."""
        connection.close()  # it may have been ended from elsewhere
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _filled(self, cursor: CursorWrapper) -> set[str]:
        questions = (
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")"  # noqa: S608 -- as above
            for table in self.tables
        )
        cursor.execute(" UNION ALL ".join(questions))
        return {row[0] for row in cursor.fetchall()}

    def _grown(self, cursor: CursorWrapper) -> set[str]:
        """Return the tables in which deleted rows would take up too much room."""
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
            " AND pg_relation_size(oid) > %s",
            [sorted(set(self.tables) - self.filled), MOST_BYTES],
        )
        return {row[0] for row in cursor.fetchall()}

    def _rows(self, cursor: CursorWrapper) -> dict[str, tuple[int, int]]:
        """Tell the rows of the copied tables by where each lies and who wrote it: no change keeps both."""
        questions = (
            f"SELECT '{table}', count(*), bit_xor(hashtidextended(ctid, xmin::text::bigint))"  # noqa: S608 -- as above
            f' FROM public."{table}"'
            for table in self.filled
        )
        cursor.execute(" UNION ALL ".join(questions))
        return {table: (count, mark) for table, count, mark in cursor.fetchall()}

    @staticmethod
    def _names(tables: Iterable[str]) -> str:
        return ", ".join(f'public."{table}"' for table in sorted(tables))


@contextmanager
def kept() -> Iterator[None]:
    """Keep the present contents; until the end, committing tests finish by putting them back."""
    copy = SqliteCopy() if connection.vendor == "sqlite" else PostgresCopy()
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not public, but what all of its tests end with
    TransactionTestCase._fixture_teardown = lambda _: copy.restore()  # type: ignore[attr-defined]  # as above
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]  # as above
        copy.close()
        connection.close()
