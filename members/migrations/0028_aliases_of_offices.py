from django.db import migrations

_DISTRICT = "000000"  # behind its six digits: the district's own code


def forget_the_others(apps, schema_editor):
    """What was not taught from an office for the whole district holds there no more.

    Names that secretaries and streets taught before territories were given the whole district.
    Whoever held the district's office at any time, or holds all, has taught what stays; so does
    what holds in less than a district, which was given by the teacher's own territory.
    """
    aliases = apps.get_model("members", "BranchAlias").objects
    posts = apps.get_model("branches", "Appointment").objects
    for area in apps.get_model("branches", "Area").objects.filter(code__endswith=_DISTRICT):
        held = posts.filter(area=area).values("user_id")
        others = aliases.filter(area_path=area.path, by__is_superuser=False).exclude(by__in=held)
        others.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0027_headings_of_offices'),
    ]

    operations = [
        migrations.RunPython(forget_the_others, migrations.RunPython.noop, elidable=True),
    ]
