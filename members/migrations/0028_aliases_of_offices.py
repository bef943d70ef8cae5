"""What a branch goes by is asked for again where no office of the district taught it.

Names that secretaries and streets taught before they had territories were given the whole district;
since then a whole district is spoken for by who may change all of it only (``members.roster.learnt``).
"""

from django.db import migrations

_DISTRICT = "000000"  # behind its six digits: the district's own code
_OFFICES = ("BUREAU", "STREET")  # the roles whose posts are areas, and reach what lies in them


def forget_the_others(apps, schema_editor):
    """Keep what was taught by who held the district's office at any time, or holds all.

    So does stay what holds in less than a district: it was given by the teacher's own territory.
    """
    alias = schema_editor.connection.alias
    aliases = apps.get_model("members", "BranchAlias").objects.using(alias)
    offices = apps.get_model("branches", "Appointment").objects.using(alias)
    areas = apps.get_model("branches", "Area").objects.using(alias)
    gone = 0
    for area in areas.filter(code__endswith=_DISTRICT):
        held = offices.filter(role__in=_OFFICES, area=area).values("user_id")
        others = aliases.filter(area_path=area.path, by__is_superuser=False).exclude(by__in=held)
        gone += others.delete()[0]
    if gone:
        print(f"\n  {gone} 个党支部的叫法不再记着，下次导入时再问。", end="")


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0027_headings_of_offices'),
    ]

    operations = [
        migrations.RunPython(forget_the_others, migrations.RunPython.noop, elidable=True),
    ]
