import core.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep whole-batch transfers, and who of them is on the way, received or sent back."""

    dependencies = [
        ('branches', '0004_lighter_trees'),
        ('members', '0014_roster_memory'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TransferBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=100, verbose_name='移交单位')),
                ('agreement', models.CharField(max_length=100, verbose_name='移交协议或文件')),
                ('handed_over_on', models.DateField(verbose_name='移交日期')),
                ('handed_over', models.PositiveIntegerField(verbose_name='移交人数')),
                ('venue_support', models.CharField(blank=True, max_length=100, verbose_name='场地支持')),
                ('fund_support', models.CharField(blank=True, max_length=100, verbose_name='经费支持')),
                ('area_path', core.fields.ByteOrderedCharField(blank=True, db_index=True, max_length=40, verbose_name='区划路径')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
            ],
            options={
                'verbose_name': '整建制转接',
                'verbose_name_plural': '整建制转接',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter_no', models.CharField(max_length=100, verbose_name='介绍信编号')),
                ('issued_on', models.DateField(verbose_name='开具日期')),
                ('valid_days', models.PositiveSmallIntegerField(verbose_name='有效天数')),
                ('due_on', models.DateField(verbose_name='有效期至')),
                ('dues_paid_to', models.DateField(blank=True, null=True, verbose_name='党费交至')),
                ('moves_on', models.DateField(verbose_name='转接日期')),
                ('state', models.CharField(choices=[('TRANSIT', '在途'), ('RECEIVED', '已接收'), ('RETURNED', '已退回')], default='TRANSIT', max_length=10, verbose_name='状态')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='接收日期')),
                ('receipt_on', models.DateField(blank=True, null=True, verbose_name='回执日期')),
                ('returned_on', models.DateField(blank=True, null=True, verbose_name='退回日期')),
                ('reason', models.CharField(blank=True, max_length=100, verbose_name='退回原因')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('from_branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='转出党支部')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='members.member', verbose_name='党员')),
                ('to_branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='转入党支部')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='members.transferbatch', verbose_name='整建制转接')),
            ],
            options={
                'verbose_name': '组织关系转接',
                'verbose_name_plural': '组织关系转接',
                'ordering': ['due_on', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='transferbatch',
            constraint=models.CheckConstraint(condition=models.Q(('handed_over__gt', 0)), name='transfer_batch_somebody', violation_error_message='移交人数至少是1。'),
        ),
        migrations.AddConstraint(
            model_name='transferbatch',
            constraint=models.UniqueConstraint(fields=('unit', 'agreement', 'by'), name='transfer_batch_once', violation_error_message='您登记过这家单位的这份协议。'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['state', 'due_on'], name='transfer_state_due'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'TRANSIT')), fields=('member',), name='transfer_one_on_the_way', violation_error_message='这位同志已有一项在途的转接。'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('from_branch', models.F('to_branch')), _negated=True), name='transfer_elsewhere', violation_error_message='转入和转出不能是同一个党支部。'),
        ),
    ]
