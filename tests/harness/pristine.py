"""After a test that commits, the database is put back as the migrations left it.

Django would empty every table, reference data included, stopped by any table that refuses deletion
(the audit trail). This puts the migrated state back whole.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase


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
    """A copy of every table that is not empty, in a schema of its own."""

    def __init__(self) -> None:
        self.tables = tuple(connection.introspection.table_names())
        with connection.cursor() as cursor:
            self.filled = self._filled(cursor)
            cursor.execute("CREATE SCHEMA pristine")
            for table in self.filled:
                cursor.execute(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"')

    def restore(self) -> None:
        """Put the contents back. Identity counters go on, so no key is given twice."""
        with connection.cursor() as cursor:
            # A replica fires no trigger and checks no foreign key; the contents were sound when copied.
            cursor.execute("SET session_replication_role = replica")
            if changed := self._filled(cursor) | self.filled:
                cursor.execute(f"TRUNCATE {self._names(changed)} CASCADE")
            for table in self.filled:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM pristine."{table}"')  # noqa: S608 -- names come from the database itself
            cursor.execute("SET session_replication_role = DEFAULT")

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
