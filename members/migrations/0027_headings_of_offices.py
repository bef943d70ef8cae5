from django.db import migrations

_DISTRICT = "000000"  # behind its six digits: the district's own code


def forget_the_others(apps, schema_editor):
    """What was not taught from an office for the whole district holds for nobody any more.

    Secretaries and streets could say what a heading means for everybody. Whoever held the
    district's office at any time, or holds all, has taught what stays.
    """
    headings = apps.get_model("members", "RosterHeading").objects
    posts = apps.get_model("branches", "Appointment").objects
    for pk, district, by, holds_all in headings.values_list(
        "pk", "district", "by_id", "by__is_superuser"
    ):
        held = posts.filter(user_id=by, area__code=f"{district}{_DISTRICT}")
        if not holds_all and not held.exists():
            headings.filter(pk=pk).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0026_roster_tried'),
    ]

    operations = [
        migrations.RunPython(forget_the_others, migrations.RunPython.noop, elidable=True),
    ]
