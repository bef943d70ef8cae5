from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep what was answered to the remarks on a roster's columns."""

    dependencies = [
        ("members", "0016_rare_values_covered"),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterbatch",
            name="answers",
            field=models.JSONField(default=dict, verbose_name="提醒的说明"),
        ),
    ]
