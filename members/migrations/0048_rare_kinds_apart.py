"""A rare kind of retired person has an index of its own: SQLite did not take the one of all three."""

from django.db import migrations, models

LISTED = [
    *("area_path", "id", "deceased_on", "branch"),
    *("member_kind", "person_kind", "missing_fields"),
]


def rare(name, kind):
    index = models.Index(
        condition=models.Q(("person_kind", kind)), fields=LISTED, name=f"member_{name}"
    )
    return migrations.AddIndex(model_name="member", index=index)


class Migration(migrations.Migration):
    dependencies = [("members", "0047_consent_notices_private")]

    operations = [
        migrations.RemoveIndex(model_name="member", name="member_rare_kind"),
        rare("veteran", "A"),
        rare("resigned", "D"),
        rare("other", "E"),
    ]
