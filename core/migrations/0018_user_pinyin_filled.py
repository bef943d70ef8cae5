"""The pinyin of accounts opened before it was kept."""

from django.db import migrations

from core.pinyin import spell


def fill(apps, schema_editor):
    users = apps.get_model("core", "User")._default_manager.using(
        schema_editor.connection.alias
    )
    waiting = []
    for user in users.exclude(display_name="").only("display_name").iterator(chunk_size=1_000):
        user.name_pinyin = spell(user.display_name).pinyin
        waiting.append(user)
    users.bulk_update(waiting, ["name_pinyin"], batch_size=1_000)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0017_user_pinyin"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
