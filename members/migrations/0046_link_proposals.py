"""Managing links that one branch proposes and another confirms (SYS-04)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0007_grid_facts'),
        ('members', '0045_roster_changes_told'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('COMMUNITY', '社区'), ('ASSOCIATION', '社团'), ('FUNCTIONAL', '功能组'), ('ALLIANCE', '联盟'), ('TEMPORARY', '临时')], max_length=12, verbose_name='关系')),
                ('started_on', models.DateField(verbose_name='开始日期')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='申请时间')),
                ('state', models.CharField(choices=[('WAITING', '待确认'), ('CONFIRMED', '已确认'), ('DECLINED', '已婉拒'), ('WITHDRAWN', '已撤回')], default='WAITING', max_length=10, verbose_name='状态')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='办理时间')),
                ('reason', models.CharField(blank=True, max_length=100, verbose_name='婉拒原因')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='活动组织')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.affiliation', verbose_name='隶属')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='link_proposals', to='members.member', verbose_name='党员')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
            ],
            options={
                'verbose_name': '活动组织申请',
                'verbose_name_plural': '活动组织申请',
                'ordering': ['-pk'],
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'WAITING')), fields=['branch'], name='link_proposal_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('home', 'branch'), name='link_proposal_once', violation_error_message='已经请过这个党支部，还在等对方答复。要改，请先撤回原来的申请。'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'WAITING')), models.Q(models.Q(('state', 'WAITING'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='link_proposal_settled', violation_error_message='办过的申请要有办理时间。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'DECLINED'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='link_proposal_reason', violation_error_message='婉拒要写明原因。')],
            },
        ),
    ]
