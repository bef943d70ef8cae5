"""The column of the first place among a member's ties goes: nobody ever filled it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0023_transfers_undone'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='affiliation',
            name='is_primary_place',
        ),
    ]
