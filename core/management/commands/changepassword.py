"""``manage.py changepassword``: for the administrator whom no other administrator can help."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core import actions, text
from core.management.users import ask_password, named_user


class Command(BaseCommand):
    """As Django's own, in Chinese, on record as the system's act."""

    help = "给一个账号换密码。能在工作台“用户”里重发首次密码的，请在那里办。"
    stealth_options = ("stdin",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose it is."""
        parser.add_argument("username", metavar="登录名", help="谁的")

    def handle(self, *_: Any, username: str, **options: Any) -> None:
        """Ask and change. CommandError: no such account, a closed one, nobody to ask, or he broke off."""
        user = named_user(username)
        if not (options.get("stdin") or sys.stdin).isatty():
            raise CommandError("这里不能输入密码，请在终端里执行。")
        try:
            password = ask_password(user, self.stderr)
        except (KeyboardInterrupt, EOFError):
            raise CommandError("已取消，密码没有改。") from None
        try:
            actions.set_password(user=user, password=password)
        except ValidationError as refusal:
            raise CommandError(text.sentences(refusal.messages)) from refusal
        self.stdout.write(f"{user}的密码已改好，他的登录都已退出。")
