from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0015_transfers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='member',
            name='member_incomplete',
        ),
        migrations.RemoveIndex(
            model_name='member',
            name='member_probationary',
        ),
        migrations.RemoveIndex(
            model_name='member',
            name='member_rare_kind',
        ),
        migrations.RemoveIndex(
            model_name='member',
            name='member_deceased',
        ),
        migrations.RemoveIndex(
            model_name='member',
            name='member_left',
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('missing_fields__gt', '')), fields=['area_path', 'id', 'deceased_on', 'branch', 'member_kind', 'person_kind', 'missing_fields'], name='member_incomplete'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('member_kind', 'PROBATIONARY')), fields=['area_path', 'id', 'deceased_on', 'branch', 'member_kind', 'person_kind', 'missing_fields'], name='member_probationary'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('person_kind__in', ['A', 'D', 'E'])), fields=['area_path', 'id', 'deceased_on', 'branch', 'member_kind', 'person_kind', 'missing_fields'], name='member_rare_kind'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('deceased_on__isnull', False)), fields=['area_path', 'id', 'deceased_on', 'branch', 'member_kind', 'person_kind', 'missing_fields'], name='member_deceased'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('branch__isnull', True)), fields=['area_path', 'id', 'deceased_on', 'branch', 'member_kind', 'person_kind', 'missing_fields'], name='member_left'),
        ),
    ]
