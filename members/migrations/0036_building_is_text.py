import core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0035_roster_home_study'),
    ]

    operations = [
        migrations.AlterField(
            model_name='member',
            name='building',
            field=core.fields.SealedTextField(blank=True, verbose_name='楼栋'),
        ),
        migrations.AlterField(
            model_name='rosterrow',
            name='building',
            field=models.TextField(null=True),
        ),
    ]
