"""A registered sheet of ties keeps the name of its file, so that people find the one they mean."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0028_aliases_of_offices'),
    ]

    operations = [
        migrations.AddField(
            model_name='linkbatch',
            name='file_name',
            field=models.CharField(blank=True, max_length=255, verbose_name='文件名'),
        ),
    ]
