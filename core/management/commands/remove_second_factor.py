"""``manage.py remove_second_factor``: for the administrator whom no other administrator can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core import actions, text
from core.management.users import named_user


class Command(BaseCommand):
    """Take an account's authenticator away, on record as the system's act."""

    help = "取消一个账号的第二步验证（手机和备用码都丢了）。能在工作台“用户”里办的，请在那里办。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose it is and why."""
        parser.add_argument("username", metavar="登录名", help="谁的")
        parser.add_argument("--reason", required=True, metavar="原因", help="记入操作记录")

    def handle(self, *_: Any, username: str, reason: str, **options: Any) -> None:
        """Take it away and say what comes next. CommandError: no such account, or nothing to take."""
        user = named_user(username)
        try:
            actions.remove_second_factor(by=None, user=user, reason=reason)
        except ValidationError as refused:
            raise CommandError(text.sentences(refused.messages)) from refused
        self.stdout.write(f"已取消{user}的第二步验证。他的登录都已退出，下次登录重新设置。")
