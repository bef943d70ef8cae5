"""The first administrator is made once there are tables."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core.models import AuditEvent, User
from tests.core.terminal import Terminal

pytestmark = pytest.mark.django_db
ASKED = {"username": "root", "display_name": "首任同志", "interactive": False}


def test_before_migrate_it_says_what_to_do_first(capsys):
    latest = MigrationLoader(connection).graph.leaf_nodes("core")[0]
    MigrationRecorder(connection).record_unapplied(*latest)

    with pytest.raises(CommandError, match=r"^数据库的表还没有建好。请先执行 manage.py migrate"):
        call_command("createsuperuser", **ASKED)

    assert capsys.readouterr().out == ""
    assert not User.objects.exists()


def test_after_migrate_it_makes_one(capsys):
    call_command("createsuperuser", **ASKED)

    assert User.objects.get(username="root").is_superuser
    assert "开局账号“root”已建好，还没有密码" in capsys.readouterr().out


def test_the_trail_says_that_an_account_with_every_right_was_opened():
    call_command("createsuperuser", **ASKED, verbosity=0)

    made, event = User.objects.get(username="root"), AuditEvent.objects.get()
    assert (event.by, event.act, event.note) == (None, "开通账号", "用命令行建的开局账号")
    assert (event.object_type, event.object_id) == ("core.user", str(made.pk))
    assert event.before["is_superuser"] is None
    assert event.after["is_superuser"] is True
    assert "password" not in event.after


def test_it_asks_and_answers_in_chinese(monkeypatch, capsys):
    call_command("createsuperuser", **ASKED, verbosity=0)
    good = "银杏 round 7 bridges"
    typed = Terminal("root", "admin2", "", "第二位同志", good, "x", "123", "123", good, good)
    monkeypatch.setattr("builtins.input", typed.answer)
    monkeypatch.setattr("getpass.getpass", typed.answer)

    call_command("createsuperuser", stdin=typed)

    made = User.objects.get(username="admin2")
    assert (made.display_name, made.check_password(good)) == ("第二位同志", True)
    assert typed.asked == [
        *["登录名："] * 2,
        *["姓名："] * 2,
        *["密码（输入时不显示）：", "再输一遍密码："] * 3,
    ]
    out, said = capsys.readouterr()
    assert out == "开局账号“admin2”已建好，现在可以登录了。\n"
    assert "这个登录名已经有人用了" in said
    assert "两遍输得不一样" in said
    assert not any(mark.isascii() and mark.isalpha() for mark in said)


def test_what_is_missing_without_asking_is_named():
    with pytest.raises(CommandError, match=r"请写明 --display_name。"):
        call_command("createsuperuser", username="root", interactive=False)
    with pytest.raises(CommandError, match=r"这里不能逐项输入"):
        call_command("createsuperuser")
