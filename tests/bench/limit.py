"""The limit that imports are held against: the database's own bulk load of the same rows."""

import re
import sqlite3
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from members.models import Member

_REFERENCES = re.compile(r' REFERENCES "\w+" \("\w+"\) DEFERRABLE INITIALLY DEFERRED')


def bulk_load() -> float:
    """Return the seconds of loading all final rows into an empty table with the same indexes."""
    table = Member._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")  # pages may not take so long, this may
        _make_like(cursor, table)
        load = (
            _copying(cursor, table)
            if connection.vendor == "postgresql"
            else _inserting(cursor, table)
        )
        start = perf_counter()
        with transaction.atomic():
            load()
        seconds = perf_counter() - start
        cursor.execute("DROP TABLE bare")
    return seconds


def _copying(cursor: Any, table: str) -> Callable[[], None]:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        rows = b"".join(copy)

    def load() -> None:
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows)

    return load


def _inserting(cursor: Any, table: str) -> Callable[[], None]:
    # The bare driver: Django's would turn dates and flags to and fro.
    bare = sqlite3.connect(connection.settings_dict["NAME"])
    rows = bare.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- our own name
    bare.close()
    marks = ", ".join(["?"] * len(rows[0]))

    def load() -> None:
        cursor.connection.executemany(f"INSERT INTO bare VALUES ({marks})", rows)  # noqa: S608 -- as above

    return load


def _make_like(cursor: Any, table: str) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"CREATE TABLE bare (LIKE {table} INCLUDING INDEXES)")
        return
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
    for kind, name, statement in cursor.fetchall():
        if kind == "table":
            cursor.execute(_REFERENCES.sub("", statement).replace(f'"{table}"', '"bare"', 1))
        elif statement:
            own = statement.replace(f'"{name}"', f'"bare_{name}"').replace(f'"{table}"', '"bare"')
            cursor.execute(own)
