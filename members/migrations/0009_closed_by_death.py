from typing import Any

from django.db import migrations, models


def remember(apps: Any, schema_editor: Any) -> None:
    """Write down what the deaths registered so far closed, as far as the reason tells."""
    members = apps.get_model("members", "Member")
    ties = apps.get_model("members", "Affiliation")
    for member in members.objects.filter(deceased_on__isnull=False).select_related("user"):
        ended = ties.objects.filter(member=member, end_reason="已故", ended_on__isnull=False)
        member.closed_by_death = {
            "ties": list(ended.values_list("pk", flat=True)),
            "account": member.user is not None and not member.user.is_active,
        }
        member.save(update_fields=["closed_by_death"])


class Migration(migrations.Migration):
    """Remember what a death closed, so that taking it back opens no more than that."""

    dependencies = [("members", "0008_roster_mark")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="closed_by_death",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
