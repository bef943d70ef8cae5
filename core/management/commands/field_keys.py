"""The keys of the sealed fields: show their numbers, add one, seal new texts with another."""

import base64
import json
import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.crypto import KeyRing, KeysMissing
from core.keys import SENTENCES, KeyState, witness_keys

HIGHEST_NUMBER = 255  # a sealed text keeps its key's number in one byte


class Command(BaseCommand):
    """Change the key file. Processes read it when they start: restart them all after each step."""

    help = "查看加密字段的密钥编号（show），添加一把（add），或改用另一把加密新内容（use 编号）。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the step and, for ``use``, the key's number."""
        parser.add_argument("step", choices=["show", "add", "use"], help="查看、添加或改用")
        parser.add_argument("number", nargs="?", type=int, metavar="编号", help="改用哪一把")

    def handle(self, *args: Any, step: str, number: int | None, **options: Any) -> None:
        """Carry out the step and say what to do next; key material is never printed."""
        path: Path = settings.FIELD_KEYS_FILE
        try:
            KeyRing.read(path)
        except KeysMissing:
            raise CommandError(SENTENCES[KeyState.MISSING]) from None
        data = json.loads(path.read_text(encoding="ascii"))
        if step == "add":
            number = self._add(data)
            _replace(path, data)
            self.stdout.write(
                f"已添加 {number} 号密钥。请重启全部进程，再执行：manage.py field_keys use {number}"
            )
        elif step == "use":
            self._use(data, number)
            _replace(path, data)
            self.stdout.write(f"从现在起用 {number} 号密钥加密。请重启全部进程；旧密钥不要删除。")
            self._witness()
        else:
            numbers = "、".join(sorted(data["keys"], key=int))
            self.stdout.write(f"密钥编号：{numbers}；正在使用：{data['current']}")

    def _witness(self) -> None:
        try:
            witness_keys()
        except DatabaseError:  # the key file alone may be at hand, as beside containers
            self.stdout.write(
                "这里连不上数据库：重启后请再执行一次 manage.py migrate，登记新密钥的样本。"
            )

    @staticmethod
    def _add(data: dict[str, Any]) -> int:
        number = max(map(int, data["keys"])) + 1
        if number > HIGHEST_NUMBER:
            raise CommandError("密钥已经用到 255 号，不能再添加。")
        data["keys"][str(number)] = base64.b64encode(secrets.token_bytes(32)).decode()
        return number

    @staticmethod
    def _use(data: dict[str, Any], number: int | None) -> None:
        if str(number) not in data["keys"]:
            raise CommandError("请写明已有的密钥编号，例如：manage.py field_keys use 2")
        data["current"] = number


def _replace(path: Path, data: dict[str, Any]) -> None:
    """Write the file anew beside the old one, try it, and put it in place at once with the same owner."""
    owner = path.stat()
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        json.dump(data, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.chown(new, owner.st_uid, owner.st_gid)
    KeyRing.read(new)
    new.replace(path)
