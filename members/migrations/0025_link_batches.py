"""Each sheet of managing links is kept, so that it can be taken back as a whole."""

import core.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0024_affiliation_no_primary_place'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_path', core.fields.ByteOrderedCharField(blank=True, db_index=True, max_length=40, verbose_name='区划路径')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('undone_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='撤回时间')),
                ('undo_reason', models.CharField(blank=True, editable=False, max_length=100, verbose_name='撤回原因')),
                ('number', models.PositiveIntegerField(verbose_name='登记个数')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
            ],
            options={
                'verbose_name': '活动组织登记表',
                'verbose_name_plural': '活动组织登记表',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='affiliation',
            name='link_batch',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.linkbatch', verbose_name='活动组织登记表'),
        ),
        migrations.AddIndex(
            model_name='affiliation',
            index=models.Index(condition=models.Q(('link_batch__isnull', False)), fields=['link_batch', 'member'], name='affiliation_link_batch'),
        ),
    ]
