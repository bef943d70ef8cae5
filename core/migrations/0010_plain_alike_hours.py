"""The threshold of rosters counted together is named as people would say it."""

from django.db import migrations

_KEY = "roster.alike_hours"
_OLD = "几份名册里只差几位的证件号码，多少小时以内的合起来数"
_NEW = "多少小时以内上传的名册，相近的证件号码合起来数"


def say_plainly(apps, schema_editor):
    rows = apps.get_model("core", "RuleParameter")._default_manager
    named = rows.using(schema_editor.connection.alias).filter(key=_KEY, name=_OLD)
    named.update(name=_NEW)


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_plain_sources'),
    ]

    operations = [
        # What is written once is good reading before, too: nothing to take back.
        migrations.RunPython(say_plainly, migrations.RunPython.noop),
    ]
