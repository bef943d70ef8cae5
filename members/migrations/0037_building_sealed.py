"""楼栋 is a part of the address and sealed as it is (security §3): what was written in clear is sealed.

Cut off, it is carried out again: what has its form already is left alone.
"""

from django.db import migrations, transaction

from core import crypto

CHUNK = 5_000  # keys: so many rows at a time are kept from other writers
CONTEXT = "members_member.building"  # of a roster's rows too, which are copied as they are
ROOM = 50  # characters, as the older column has
FILLED = "building <> ''"


def seal(apps, schema_editor):
    _rewrite(schema_editor.connection, _sealed)


def open_again(apps, schema_editor):
    """Write in clear what is sealed; Unreadable, where no key opens it: the older column would cut it."""
    _rewrite(schema_editor.connection, _opened)


def _rewrite(connection, form):
    """Give what members and rosters on their way have there its FORM."""
    with connection.cursor() as cursor:
        _rewrite_rows(cursor, "members_member", "id", FILLED, form)
        cursor.execute(f"SELECT DISTINCT batch_id FROM members_rosterrow WHERE {FILLED}")
        for (batch,) in cursor.fetchall():
            of_batch = f"batch_id = {batch} AND {FILLED}"
            _rewrite_rows(cursor, "members_rosterrow", '"row"', of_batch, form)


def _rewrite_rows(cursor, table, key, condition, form):
    cursor.execute(f"SELECT min({key}), max({key}) FROM {table} WHERE {condition}")
    first, last = cursor.fetchone()
    for start in range(first or 0, (last or 0) + 1, CHUNK):
        with transaction.atomic(cursor.db.alias):
            cursor.execute(
                f"SELECT {key}, building FROM {table}"
                f" WHERE {condition} AND {key} >= %s AND {key} < %s",
                [start, start + CHUNK],
            )
            rows = [(form(stored), at, stored) for at, stored in cursor.fetchall()]
            # Nothing is lost that somebody has written meanwhile.
            cursor.executemany(
                f"UPDATE {table} SET building = %s"
                f" WHERE {condition} AND {key} = %s AND building = %s",
                [row for row in rows if row[0] != row[2]],
            )


def _sealed(stored):
    try:
        crypto.unseal(stored, CONTEXT)
    except crypto.Unreadable:
        return crypto.seal(stored, CONTEXT)
    return stored


def _opened(stored):
    try:
        return crypto.unseal(stored, CONTEXT)[:ROOM]
    except crypto.Unreadable:
        if len(stored) > ROOM:
            raise
        return stored


class Migration(migrations.Migration):

    atomic = False  # half a million rows in one piece would keep everybody waiting

    dependencies = [
        ('members', '0036_building_is_text'),
    ]

    operations = [
        migrations.RunPython(seal, open_again),
    ]
