"""Sources of kinds and thresholds that the bureau reads name the rule only, not a number of ours."""

import re

from django.db import migrations

_NUMBERS = re.compile(r"（SYS-\d+(?:、SYS-\d+)*）$")


def name_rules_only(apps, schema_editor):
    for name in ("Kind", "RuleParameter"):
        rows = apps.get_model("core", name)._default_manager.using(schema_editor.connection.alias)
        for row in rows.filter(source__contains="（SYS-"):
            row.source = _NUMBERS.sub("", row.source)
            row.save(update_fields=["source"])


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_sealed_files'),
    ]

    operations = [
        # What is written once is good reading before, too: nothing to take back.
        migrations.RunPython(name_rules_only, migrations.RunPython.noop),
    ]
