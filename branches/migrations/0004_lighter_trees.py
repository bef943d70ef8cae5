"""Let PostgreSQL change bounds in place: no index on them, and room on each page."""

from django.db import migrations

# A node put in on the left changes all rows of its tree: each page must hold them twice.
ROOM = "fillfactor = 50"


def give_room(apps, editor):
    for table in ("branches_area", "branches_branch"):
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} SET ({ROOM})")


def take_room(apps, editor):
    for table in ("branches_area", "branches_branch"):
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_code_messages'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='area', name='branches_area_tree_id_lft_idx'),
        migrations.RemoveIndex(model_name='branch', name='branches_branch_tree_id_lff834'),
        migrations.RunPython(give_room, take_room),
    ]
