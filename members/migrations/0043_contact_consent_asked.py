"""A contact in the family is kept only as he agrees (domain §6.11): where nobody asked yet, it is listed so.

What was registered stays. Cut off, it is carried out again: who is listed already is left alone.
"""

from django.db import migrations, transaction

CHUNK = 5_000  # keys of the register: so many rows at a time are kept from other writers
NAME = "contact_agreed_on"


def list_who_lacks_it(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM members_member")
        first, last = cursor.fetchone()
        for start in range(first or 0, (last or 0) + 1, CHUNK):
            with transaction.atomic(connection.alias):
                cursor.execute(
                    "UPDATE members_member SET missing_fields ="
                    f" CASE missing_fields WHEN '' THEN '{NAME}'"
                    f" ELSE missing_fields || ',{NAME}' END"
                    " WHERE (emergency_name <> '' OR emergency_phone <> '')"
                    f" AND {NAME} IS NULL AND missing_fields NOT LIKE %s"
                    " AND id >= %s AND id < %s",
                    [f"%{NAME}", start, start + CHUNK],
                )


class Migration(migrations.Migration):

    atomic = False  # half a million rows in one piece would keep everybody waiting

    dependencies = [
        ('members', '0042_more_consents'),
    ]

    operations = [
        # The next saving of a record brings its list up to date: nothing to take back.
        migrations.RunPython(list_who_lacks_it, migrations.RunPython.noop),
    ]
