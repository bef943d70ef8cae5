from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep what a person decided about single rows, and what a file held after it is deleted."""

    dependencies = [
        ("core", "0006_notice_detail"),
        ("members", "0011_roster_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterbatch",
            name="content",
            field=models.CharField(
                blank=True, db_index=True, max_length=64, verbose_name="文件内容的摘要"
            ),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="moved_document",
            field=models.CharField(blank=True, max_length=100, verbose_name="介绍信编号或文件"),
        ),
        migrations.AddField(
            model_name="rosterbatch",
            name="moved_on",
            field=models.DateField(blank=True, null=True, verbose_name="转接日期"),
        ),
        migrations.AddField(
            model_name="rosterrow",
            name="decision",
            field=models.CharField(
                choices=[
                    ("take", "用名册的"),
                    ("keep", "保留登记的"),
                    ("same", "是同一个人，证件号码以登记为准"),
                    ("number", "是同一个人，证件号码以名册为准"),
                    ("other", "是另一个人，新增"),
                    ("leave", "不动"),
                    ("move", "组织关系转接到名册写的党支部"),
                    ("link", "隶属不变，把名册写的党支部登记为活动组织"),
                ],
                max_length=6,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="rosterrow",
            name="detail",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="rosterrow",
            name="reason",
            field=models.CharField(max_length=100, null=True),
        ),
        migrations.AlterField(
            model_name="rosterrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("N", "新增"),
                    ("S", "不变"),
                    ("F", "可补空白"),
                    ("D", "不一致"),
                    ("M", "可补空白，也有不一致"),
                    ("A", "可能是同一个人"),
                    ("E", "在别的党支部"),
                    ("H", "待确认"),
                    ("R", "退回"),
                ],
                max_length=1,
            ),
        ),
    ]
