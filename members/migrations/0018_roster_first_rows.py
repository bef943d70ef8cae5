from django.db import migrations

import core.fields


class Migration(migrations.Migration):
    """Keep a roster's first rows and the branches not found, sealed, to ask about them."""

    dependencies = [
        ("members", "0017_roster_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterbatch",
            name="head",
            field=core.fields.SealedTextField(blank=True, verbose_name="前几行"),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="strangers",
            field=core.fields.SealedTextField(blank=True, verbose_name="没有找到的党支部"),
        ),
    ]
