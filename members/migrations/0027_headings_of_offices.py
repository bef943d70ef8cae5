"""What a heading means is asked for again where no office of the district taught it.

Secretaries and streets could say what a heading means for everybody in the district; since then a
whole district is spoken for by who may change all of it only (``members.roster.learnt``).
"""

from django.db import migrations

_DISTRICT = "000000"  # behind its six digits: the district's own code
_OFFICES = ("BUREAU", "STREET")  # the roles whose posts are areas, and reach what lies in them


def forget_the_others(apps, schema_editor):
    """Keep what was taught by who held the district's office at any time, or holds all."""
    alias = schema_editor.connection.alias
    headings = apps.get_model("members", "RosterHeading").objects.using(alias)
    posts = apps.get_model("branches", "Appointment").objects.using(alias)
    taught = headings.filter(by__is_superuser=False).values_list("district", "by_id").distinct()
    gone = 0
    for district, by in list(taught):
        offices = posts.filter(role__in=_OFFICES, area__code=f"{district}{_DISTRICT}")
        if not offices.filter(user_id=by).exists():
            gone += headings.filter(district=district, by_id=by).delete()[0]
    if gone:
        print(f"\n  {gone} 个表头的意思不再记着，下次导入时再问。", end="")


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0026_roster_tried'),
    ]

    operations = [
        migrations.RunPython(forget_the_others, migrations.RunPython.noop, elidable=True),
    ]
