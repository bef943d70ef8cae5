"""An index of the members of Party groups: the list of organisations counts those of each line."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0048_rare_kinds_apart'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('group__isnull', False)), fields=['group'], name='member_group'),
        ),
    ]
