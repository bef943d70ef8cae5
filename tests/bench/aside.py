"""A smaller register kept beside the one that grows, so that a page of both is timed in one minute.

A machine does not run as fast now as a quarter of an hour ago; pages timed one after the other do not
see that.
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
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f'CREATE DATABASE aside TEMPLATE "{name}"')
    with using(Database("aside")), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Database("aside")


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
