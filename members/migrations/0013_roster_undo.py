import django.db.models.deletion
from django.db import migrations, models


def forget_what_was_taken_back(apps, schema_editor):
    """Going back: leave only the chunks that the older form knows, each once for its rows."""
    batches = apps.get_model("members", "RosterBatch")
    chunks = apps.get_model("members", "RosterChunk")
    chunks.objects.filter(kind="UNDO").delete()
    chunks.objects.exclude(kind="WRITE").delete()
    batches.objects.filter(state__in=("UNDOING", "UNDONE")).update(state="DONE")
    # PostgreSQL alters no table whose deleted rows are still to be checked.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    """Let a written roster be taken back: counter-entries for chunks, ties that were a mistake."""

    dependencies = [
        ("core", "0006_notice_detail"),
        ("members", "0012_roster_decisions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rosterchunk",
            name="roster_chunk_once",
        ),
        migrations.AddField(
            model_name="affiliation",
            name="withdrawn_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="撤回日期"),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="undo_reason",
            field=models.CharField(blank=True, max_length=100, verbose_name="撤回原因"),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="undo_refusals",
            field=models.JSONField(default=list, verbose_name="不能撤回的原因"),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="undo_run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.backgroundrun",
                verbose_name="撤回",
            ),
        ),
        migrations.AddField(
            model_name="rosterchunk",
            name="kind",
            field=models.CharField(
                choices=[("WRITE", "写入"), ("ACTS", "转接和活动组织"), ("UNDO", "撤回")],
                default="WRITE",
                max_length=5,
                verbose_name="做了什么",
            ),
        ),
        migrations.AddField(
            model_name="rosterchunk",
            name="undoes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="members.rosterchunk",
                verbose_name="撤回哪一段",
            ),
        ),
        migrations.AlterField(
            model_name="rosterbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("UPLOADED", "待认列"),
                    ("CHECKING", "核对中"),
                    ("READY", "待确认"),
                    ("WRITING", "写入中"),
                    ("DONE", "已完成"),
                    ("REFUSED", "已退回"),
                    ("DISCARDED", "已放弃"),
                    ("UNDOING", "撤回中"),
                    ("UNDONE", "已撤回"),
                ],
                default="UPLOADED",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="rosterchunk",
            name="changed",
            field=models.IntegerField(default=0, verbose_name="变更"),
        ),
        migrations.AlterField(
            model_name="rosterchunk",
            name="created",
            field=models.IntegerField(default=0, verbose_name="新增"),
        ),
        migrations.AlterField(
            model_name='rosterchunk',
            name='links',
            field=models.IntegerField(default=0, verbose_name='活动组织'),
        ),
        migrations.AddConstraint(
            model_name="rosterchunk",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undoes__isnull", True)),
                fields=("batch", "kind", "first_row"),
                name="roster_chunk_once",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_what_was_taken_back),
    ]
