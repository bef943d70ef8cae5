"""First passwords end in time; those given before count from today."""

from django.db import migrations, models
from django.utils import timezone


def count_from_today(apps, schema_editor):
    users = apps.get_model("core", "User")._default_manager
    given = users.using(schema_editor.connection.alias).filter(must_change_password=True)
    given.update(first_password_on=timezone.localdate())


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0011_notice_time_given'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='first_password_on',
            field=models.DateField(editable=False, null=True, verbose_name='首次密码发出日期'),
        ),
        # Backwards the column goes with its days.
        migrations.RunPython(count_from_today, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('must_change_password', False), ('first_password_on__isnull', False), _connector='OR'), name='first_password_has_a_day'),
        ),
    ]
