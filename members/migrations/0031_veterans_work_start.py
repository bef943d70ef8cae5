"""Of a veteran the day on which he joined the revolution is required: who lacks it is listed so."""

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Concat


def list_who_lacks_it(apps, schema_editor):
    rows = apps.get_model("members", "Member")._default_manager
    lacking = rows.using(schema_editor.connection.alias).filter(
        person_kind="A", work_start__isnull=True
    )
    others = lacking.exclude(missing_fields="").exclude(missing_fields__contains="work_start")
    others.update(missing_fields=Concat("missing_fields", Value(",work_start")))
    lacking.filter(missing_fields="").update(missing_fields="work_start")


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0030_roster_consents'),
    ]

    operations = [
        # The next saving of a record brings its list up to date: nothing to take back.
        migrations.RunPython(list_who_lacks_it, migrations.RunPython.noop),
    ]
