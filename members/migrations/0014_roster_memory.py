import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Remember how the rosters of a place write branches and headings."""

    dependencies = [
        ('branches', '0004_lighter_trees'),
        ('members', '0013_roster_undo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BranchAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.CharField(blank=True, max_length=6, verbose_name='区县代码')),
                ('key', models.CharField(editable=False, max_length=100)),
                ('name', models.CharField(max_length=100, verbose_name='名册里的写法')),
                ('at', models.DateTimeField(auto_now=True, verbose_name='什么时候')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch', verbose_name='党支部')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁认的')),
            ],
            options={
                'verbose_name': '党支部别名',
                'verbose_name_plural': '党支部别名',
                'ordering': ['district', 'name'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('district', 'key'), name='branch_alias_once', violation_error_message='这个写法已经认作一个党支部。')],
            },
        ),
        migrations.CreateModel(
            name='RosterHeading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.CharField(blank=True, max_length=6, verbose_name='区县代码')),
                ('heading', models.CharField(max_length=50, verbose_name='表头')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='栏目')),
                ('at', models.DateTimeField(auto_now=True, verbose_name='什么时候')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁认的')),
            ],
            options={
                'verbose_name': '认过的表头',
                'verbose_name_plural': '认过的表头',
                'ordering': ['district', 'heading'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('district', 'heading'), name='roster_heading_once')],
            },
        ),
    ]
