"""Whom the rosters written before it was kept changed, and where: from their record of what was before.

Without it what they hold of a consent taken back would stay for ever. Cut off, it is carried out
again: who is listed already is left alone.
"""

import json
import zlib
from base64 import b64decode

from django.db import migrations, transaction

from core.crypto import UnreadableText

ROWS = 1_000  # so many at a time are kept from other writers
# Columns that only follow from what a roster brings.
FOLLOWING = {
    *("name_pinyin", "name_initials", "given_name", "id_number_index", "phone_index"),
    *("area_path", "month_only", "missing_fields", "roster_mark"),
}


def tell(apps, schema_editor):
    alias = schema_editor.connection.alias
    chunk, member, change = (
        apps.get_model("members", name)._default_manager.using(alias)
        for name in ("RosterChunk", "Member", "RosterChange")
    )
    columns = {
        field.column: field.name
        for field in member.model._meta.concrete_fields
        if field.name not in FOLLOWING
    }
    written = chunk.filter(kind="WRITE", changed__gt=0).order_by("pk")
    for key in list(written.values_list("pk", flat=True)):
        batch, packed = chunk.values_list("batch_id", "changes").get(pk=key)
        if not packed or isinstance(packed, UnreadableText):
            continue
        told = [
            (pk, ",".join(names))
            for pk, before, _ in json.loads(zlib.decompress(b64decode(packed)))
            if (names := [columns[name] for name in before if name in columns])
        ]
        for start in range(0, len(told), ROWS):
            _tell(batch, dict(told[start : start + ROWS]), member=member, change=change)


def _tell(batch, told, *, member, change):
    """List those TOLD who are still on record and not listed yet."""
    with transaction.atomic(change.db):
        wanted = set(member.filter(pk__in=told).values_list("pk", flat=True))
        listed = change.filter(batch_id=batch, member_id__in=told)
        wanted.difference_update(listed.values_list("member_id", flat=True))
        change.bulk_create(
            change.model(batch_id=batch, member_id=pk, fields=fields)
            for pk, fields in told.items()
            if pk in wanted
        )


class Migration(migrations.Migration):

    atomic = False  # all rosters in one piece would keep everybody waiting

    dependencies = [
        ('members', '0044_roster_omit'),
    ]

    operations = [
        # What is listed is true of the older state as well: nothing to take back.
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
