"""Kinds of activities lose how often they are held: no rule read it there."""

from django.db import migrations

UNREAD = ("times", "per", "parameter")


def take_out(apps, schema_editor):
    rows = apps.get_model("core", "Kind")._default_manager.using(schema_editor.connection.alias)
    for kind in rows.filter(engine="activity"):
        kept = {name: value for name, value in kind.settings.items() if name not in UNREAD}
        if kept != kind.settings:
            kind.settings = kept
            kind.save(update_fields=["settings"])


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0012_settings_unread'),
    ]

    operations = [
        # Nothing read them before either: nothing to take back.
        migrations.RunPython(take_out, migrations.RunPython.noop),
    ]
