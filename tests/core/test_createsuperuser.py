"""The first administrator is made once there are tables."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core.models import User

pytestmark = pytest.mark.django_db
ASKED = {"username": "root", "display_name": "首任管理员", "interactive": False}


def test_before_migrate_it_says_what_to_do_first(capsys):
    latest = MigrationLoader(connection).graph.leaf_nodes("core")[0]
    MigrationRecorder(connection).record_unapplied(*latest)

    with pytest.raises(CommandError, match=r"^数据库的表还没有建好。请先执行 manage.py migrate"):
        call_command("createsuperuser", **ASKED)

    assert capsys.readouterr().out == ""
    assert not User.objects.exists()


def test_after_migrate_it_makes_one():
    call_command("createsuperuser", **ASKED, verbosity=0)

    assert User.objects.get(username="root").is_superuser
