"""A row that is somebody written twice may be left out for good."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0043_contact_consent_asked'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rosterrow',
            name='decision',
            field=models.CharField(choices=[('take', '用名册的'), ('keep', '保留登记的'), ('same', '是同一个人，号码以登记为准'), ('number', '是同一个人，号码以名册为准'), ('other', '是另一个人，新增'), ('omit', '是同一个人，不写入这一行'), ('leave', '不动'), ('move', '组织关系转接到名册写的党支部'), ('link', '隶属不变，把名册写的党支部登记为活动组织')], max_length=6, null=True),
        ),
    ]
