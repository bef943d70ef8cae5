from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def remember(apps: Any, schema_editor: Any) -> None:
    """Write the digests in one statement."""
    batches = apps.get_model("members", "RosterBatch")
    files = apps.get_model("core", "StoredFile")
    digest = Subquery(files.objects.filter(pk=OuterRef("file")).values("sha256")[:1])
    batches.objects.filter(file__isnull=False).update(content=digest)


class Migration(migrations.Migration):
    """Note for the rosters so far what was in their files, as far as those are still there.

    Nothing is to be taken back: the column goes with the migration that made it.
    """

    dependencies = [
        ("core", "0006_notice_detail"),
        ("members", "0018_roster_first_rows"),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
