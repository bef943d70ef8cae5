"""The early candidate periods are held against bounds of their own: the row's name said they were not."""

from django.db import migrations

WAS, IS = "这一天以前入党的，预备期长短不核对", "这一天以前入党的，候补期另算"


def rename(was, now):
    def act(apps, schema_editor):
        rows = apps.get_model("core", "RuleParameter")._default_manager
        named = rows.using(schema_editor.connection.alias).filter(
            key="member.uneven_probation_before", name=was
        )
        named.update(name=now)

    return act


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0014_notice_detail_words'),
    ]

    operations = [
        migrations.RunPython(rename(WAS, IS), rename(IS, WAS)),
    ]
