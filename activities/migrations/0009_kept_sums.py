from django.db import migrations, models
from django.db.models import Count, Q

TOOK_PART = ["PRESENT", "ONLINE", "HOME"]


def add_up(apps, schema_editor):
    """Count the attendance of what is on record."""
    due, came = Q(is_due=True), Q(state__in=TOOK_PART)
    rows = apps.get_model("activities", "Attendance").objects.order_by().values("activity")
    counted = rows.annotate(
        listed=Count("pk", filter=due),
        expected=Count("pk", filter=due & ~Q(state="EXCUSED")),
        took_part=Count("pk", filter=due & came),
        guests=Count("pk", filter=came & ~due),
    )
    activities = apps.get_model("activities", "Activity").objects
    for row in list(counted):
        activities.filter(pk=row.pop("activity")).update(**row)


class Migration(migrations.Migration):

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
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
