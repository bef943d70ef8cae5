"""A password changed where the program runs, for who can get in no other way."""

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEvent, User
from tests.core.signing_in import is_signed_in, sign_in
from tests.core.terminal import Terminal

pytestmark = pytest.mark.django_db
GOOD = "银杏 round 7 bridges"


@pytest.fixture
def somebody():
    return User.objects.create_user("00000017", "旧密码 of 1999 years", display_name="沈静")


def change(monkeypatch, *answers, name="00000017"):
    """Type ANSWERS where the command asks; return what was asked."""
    typed = Terminal(*answers)
    monkeypatch.setattr("getpass.getpass", typed.answer)
    call_command("changepassword", name, stdin=typed)
    return typed.asked


def test_it_asks_in_chinese_until_the_password_is_good_and_ends_sessions(
    monkeypatch, capsys, client, somebody
):
    client.force_login(somebody, backend="branches.backends.PostBackend")
    asked = change(monkeypatch, GOOD, "x", "123", "123", GOOD, GOOD)

    out, said = capsys.readouterr()
    assert asked == ["密码（输入时不显示）：", "再输一遍密码："] * 3
    assert out == "沈静的密码已改好，他的登录都已退出。\n"
    assert "两遍输得不一样" in said
    assert not is_signed_in(client)
    sign_in(client, somebody.username, GOOD)
    assert is_signed_in(client)


def test_the_trail_tells_of_it_without_the_password(monkeypatch, somebody):
    change(monkeypatch, GOOD, GOOD)

    event = AuditEvent.objects.get()
    assert (event.by, event.act, event.note) == (None, "修改密码", "用命令行改的")
    assert (event.object_type, event.object_id) == ("core.user", str(somebody.pk))
    assert (event.before, event.after) == ({}, {})


def test_what_keeps_it_from_asking_is_said(monkeypatch, somebody):
    with pytest.raises(CommandError, match="没有登录名为 nobody 的用户"):
        change(monkeypatch, name="nobody")
    with pytest.raises(CommandError, match="这里不能输入密码，请在终端里执行"):
        call_command("changepassword", somebody.username)

    def broken_off(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("getpass.getpass", broken_off)
    with pytest.raises(CommandError, match="已取消，密码没有改"):
        call_command("changepassword", somebody.username, stdin=Terminal())
    assert not AuditEvent.objects.exists()


def test_a_closed_account_stays_as_it_is(monkeypatch, somebody):
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    with pytest.raises(CommandError, match="这个账号已停用"):
        change(monkeypatch, GOOD, GOOD)
    somebody.refresh_from_db()
    assert not somebody.check_password(GOOD)
    assert not AuditEvent.objects.exists()
