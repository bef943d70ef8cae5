from django.db import migrations


def keep_asking(apps, schema_editor):
    """Where theme days are on record already, every month is asked for as before."""
    if not apps.get_model("activities", "Activity").objects.exists():
        return
    apps.get_model("core", "RuleParameter").objects.get_or_create(
        key="theme.first_month",
        area_code="",
        valid_from="2008-01-01",
        defaults={
            "name": "主题党日从哪个月起要登记",
            "value": "",
            "value_type": "text",
            "source": "升级前已在使用，每个月都要",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("activities", "0007_photo"), ("core", "0007_key_witnesses")]

    operations = [migrations.RunPython(keep_asking, migrations.RunPython.noop)]
