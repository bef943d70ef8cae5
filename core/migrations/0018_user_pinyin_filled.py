"""The pinyin of accounts opened before it was kept.

Cut off, it is carried out again: what is spelled already stays as it is.
"""

from django.db import migrations

from core.pinyin import spell

CHUNK = 1_000  # accounts: so many at a time are kept from other writers


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    users = apps.get_model("core", "User")._default_manager.using(alias)
    waiting = users.filter(name_pinyin="").exclude(display_name="").order_by("pk")
    last = 0
    while rows := list(waiting.filter(pk__gt=last).only("display_name")[:CHUNK]):
        for user in rows:
            user.name_pinyin = spell(user.display_name).pinyin
        users.bulk_update(rows, ["name_pinyin"])
        last = rows[-1].pk


class Migration(migrations.Migration):

    atomic = False  # all accounts in one piece would keep everybody waiting

    dependencies = [
        ("core", "0017_user_pinyin"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
