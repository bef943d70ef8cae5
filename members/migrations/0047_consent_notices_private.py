"""What somebody was told of consents is read by him alone, also what he was told before (domain §6.2)."""

from django.db import migrations
from django.db.models import Q


def close(apps, schema_editor):
    notices = apps.get_model("core", "Notice").objects.using(schema_editor.connection.alias)
    told = Q(text__contains="同志同意了：") | Q(text__contains="同志撤回了同意：")
    notices.filter(told).update(is_private=True)


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0020_notice_private'),
        ('members', '0046_link_proposals'),
    ]

    operations = [
        # The column goes with the migration of core: nothing to take back.
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
