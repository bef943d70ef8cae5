from django.db import migrations

import core.fields


class Migration(migrations.Migration):
    """Keep, sealed, what was decided about single rows while a roster is checked again."""

    dependencies = [
        ("members", "0019_roster_files_known"),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterbatch",
            name="decided",
            field=core.fields.SealedTextField(blank=True, verbose_name="逐行的选择"),
        ),
    ]
