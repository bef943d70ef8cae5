"""The database kept aside as it is now, to be asked instead of the one in use.

A bench times a page of a small register and of a large one in the same minute: a machine does not
run as fast now as a quarter of an hour ago. A test of the migrations may spoil what it asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NewType

from django.contrib.contenttypes.models import ContentType
from django.db import connection

Database = NewType("Database", str)


def keep() -> Database:
    """Copy the database as it is now and return the copy's name; the original stays the one in use."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        copy = str(Path(name).with_name("aside.sqlite3"))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy])
        return Database(copy)
    copy = f"{name}_aside"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # Threads that ended may have left connections behind: none may be open while it is copied.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    with using(Database(copy)), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Database(copy)


def drop(copy: Database) -> None:
    """Throw the copy away; nobody may be asking it."""
    if connection.vendor == "sqlite":
        Path(copy).unlink()
        return
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy}"')


@contextmanager
def using(database: Database) -> Iterator[None]:
    """Ask DATABASE inside the block."""
    usual = connection.settings_dict["NAME"]
    _turn_to(database)
    try:
        yield
    finally:
        _turn_to(usual)


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
