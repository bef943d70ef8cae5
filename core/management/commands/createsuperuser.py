"""``manage.py createsuperuser``: the account to begin with, once there are tables for it."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from core import actions, text
from core.management.users import ask_password
from core.models import User

_NO_TABLES = "数据库的表还没有建好。请先执行 manage.py migrate，再执行 manage.py createsuperuser。"
_NO_TERMINAL = (
    "这里不能逐项输入。请在终端里执行，或者加 --noinput 并写明 --username 和 --display_name。"
)
_NO_PASSWORD = "还没有密码，请用 manage.py changepassword 设好再登录"  # noqa: S105 -- a sentence
_VARIABLE = "DJANGO_SUPERUSER_"  # as Django has it
_PASSWORD_FROM = f"{_VARIABLE}PASSWORD"


class Command(BaseCommand):
    """As Django's own, with the same options, in Chinese; no weak password is let pass."""

    help = "建立开局账号：全部权限，只用来开局。先执行 migrate 建表。"
    stealth_options = ("stdin",)
    requires_migrations_checks = False  # it would say so in English and go on

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what need not be asked."""
        parser.add_argument("--username", metavar="登录名", help="不写就会问")
        parser.add_argument("--display_name", metavar="姓名", help="不写就会问")
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help=f"不逐项询问；密码取自环境变量 {_PASSWORD_FROM}，没有的，设好密码以前不能登录",
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="哪个数据库"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Ask and create. CommandError: the tables are not made yet, or something is missing or wrong."""
        executor = MigrationExecutor(connections[options["database"]])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_NO_TABLES)
        try:
            given = self._asked(options) if options["interactive"] else self._given(options)
            made = actions.create_first_account(**given, using=options["database"])
        except (KeyboardInterrupt, EOFError):
            raise CommandError("已取消，没有建立开局账号。") from None
        except ValidationError as refused:
            raise CommandError(text.sentences(refused.messages)) from refused
        if options["verbosity"]:
            ready = "现在可以登录了" if made.has_usable_password() else _NO_PASSWORD
            self.stdout.write(f"开局账号“{made.username}”已建好，{ready}。")

    def _given(self, options: dict[str, Any]) -> dict[str, Any]:
        names = {
            name: options[name] or os.environ.get(_VARIABLE + name.upper(), "")
            for name in ("username", "display_name")
        }
        if missing := [f"--{name}" for name, value in names.items() if not value]:
            raise CommandError(f"加了 --noinput 时，请写明 {'、'.join(missing)}。")
        password = os.environ.get(_PASSWORD_FROM)
        if password is not None:
            validate_password(password, User(**names))
        return names | {"password": password}

    def _asked(self, options: dict[str, Any]) -> dict[str, Any]:
        stdin = options.get("stdin") or sys.stdin
        if not stdin.isatty():
            raise CommandError(_NO_TERMINAL)
        given = {
            name: self._ask(name, options[name], options["database"])
            for name in ("username", "display_name")
        }
        return given | {"password": ask_password(User(**given), self.stderr)}

    def _ask(self, name: str, given: str | None, database: str) -> str:
        """Return the value of a field, asked until it is good."""
        field: Any = User._meta.get_field(name)
        typed = given
        while True:
            if typed is None:
                typed = input(f"{field.verbose_name}：")
            try:
                value: str = field.clean(typed.strip(), None)
            except ValidationError as refused:
                self.stderr.write(text.sentences(refused.messages))
            else:
                if name != "username" or not self._is_taken(value, database):
                    return value
                self.stderr.write("这个登录名已经有人用了，请换一个。")
            typed = None

    def _is_taken(self, typed: str, database: str) -> bool:
        wanted = User.stored_name(typed)
        return User.objects.using(database).filter(username=wanted).exists()
