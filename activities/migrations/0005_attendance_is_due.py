from django.db import migrations, models
from django.db.models import F

# The kinds whose people are tied by a link, not by 隶属, and which links make them due.
EXPECTS = {
    "branch.temp_branch": ["TEMPORARY"],
    "branch.floating_branch": ["COMMUNITY", "TEMPORARY"],
}


def mark_guests(apps, schema_editor):
    """Say of the rows on record who was a guest; let the kinds say whom they expect."""
    attendance = apps.get_model("activities", "Attendance").objects
    guests = attendance.exclude(home_branch=F("activity__branch"))
    guests.exclude(activity__branch__kind__in=EXPECTS).update(is_due=False)
    for kind in apps.get_model("core", "Kind").objects.filter(key__in=EXPECTS):
        kind.settings.setdefault("expects", EXPECTS[kind.key])
        kind.save(update_fields=["settings"])


class Migration(migrations.Migration):

    dependencies = [
        ("activities", "0004_sign_in_sheet"),
        ("core", "0005_audit_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="is_due",
            field=models.BooleanField(default=True, verbose_name="在应到名单"),
        ),
        migrations.RunPython(mark_guests, migrations.RunPython.noop),
    ]
