"""Whole-batch transfers can be taken back; an agreement may then be registered anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

_MOST = 100  # of the agreement's column


def send_back_what_was_undone(apps, schema_editor):
    """Before, nothing was taken back: who was on such a list is sent back, its agreement is free.

    The older code asks that nobody registers an agreement twice, so one that was taken back says so.
    """
    alias = schema_editor.connection.alias
    batches = apps.get_model("members", "TransferBatch").objects.using(alias)
    transfers = apps.get_model("members", "Transfer").objects.using(alias)
    for batch in batches.exclude(undone_at=None):
        day, why = timezone.localdate(batch.undone_at), batch.undo_reason
        undone = transfers.filter(batch=batch, state="UNDONE")
        undone.update(state="RETURNED", returned_on=day, reason=why)
        ending = f"（已撤回{batch.pk}）"
        batch.agreement = batch.agreement[: _MOST - len(ending)] + ending
        batch.save(update_fields=["agreement"])


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_branch_changes'),
        ('members', '0022_member_account'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='transferbatch',
            name='transfer_batch_once',
        ),
        migrations.AddField(
            model_name='transfer',
            name='from_group',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='原党小组'),
        ),
        migrations.AddField(
            model_name='transferbatch',
            name='undo_reason',
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name='撤回原因'),
        ),
        migrations.AddField(
            model_name='transferbatch',
            name='undone_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='撤回时间'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='state',
            field=models.CharField(choices=[('TRANSIT', '在途'), ('RECEIVED', '已接收'), ('RETURNED', '已退回'), ('UNDONE', '已撤回')], default='TRANSIT', max_length=10, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='transferbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('unit', 'agreement', 'by'), name='transfer_batch_once', violation_error_message='您登记过这家单位的这份协议。'),
        ),
        migrations.RunPython(migrations.RunPython.noop, send_back_what_was_undone),
    ]
