from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep the head counts with each activity."""

    dependencies = [
        ('activities', '0008_theme_days_asked_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='expected',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='应到人数'),
        ),
        migrations.AddField(
            model_name='activity',
            name='guests',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='外支部来人数'),
        ),
        migrations.AddField(
            model_name='activity',
            name='listed',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='名单人数'),
        ),
        migrations.AddField(
            model_name='activity',
            name='took_part',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='参加人数'),
        ),
    ]
