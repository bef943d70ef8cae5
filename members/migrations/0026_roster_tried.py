"""What was tried is kept for some hours, so that a file cut in pieces is still one try."""

import core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0025_link_batches'),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterTried',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='tried', serialize=False, to='members.rosterbatch')),
                ('numbers', core.fields.SealedTextField()),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
            ],
            options={
                'verbose_name': '名册号码的比对',
                'verbose_name_plural': '名册号码的比对',
                'ordering': ['-at'],
                'default_permissions': (),
            },
        ),
    ]
