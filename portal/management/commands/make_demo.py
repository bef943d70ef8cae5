"""manage.py make_demo: the fictional district 青澜区 or a whole province, complete and removable."""

import unicodedata
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from branches.enums import UnitColumn
from branches.models import Branch
from branches.refusal import FileRefused
from portal.demo import accounts, build, province, recipe, removal

_COMMAND = ".venv/bin/python manage.py make_demo"
_COLUMNS = (14, 11, 16)  # widths on a terminal: of the longest role, a telephone, a password


def _members(typed: str) -> int:
    """Return how many members were asked for."""
    if not typed.isdecimal() or int(typed) < province.SMALLEST:
        raise ArgumentTypeError(f"请写一个不小于 {province.SMALLEST} 的数")
    return int(typed)


class Command(BaseCommand):
    """Make the demonstration district or a province, show its sign-ins, or remove it.

    Safe to repeat.
    """

    help = "装入演示区（青澜区，全部虚构）或一个省（--members）；--remove 删除全部演示数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--size", choices=sorted(recipe.SIZES), default="M", help="S 120 人，M 6401 人（默认）"
        )
        parser.add_argument(
            "--members",
            type=_members,
            metavar="人数",
            help="不装青澜区，装一个省：区划是真的，人都是虚构的（530000 是全省规模）",
        )
        parser.add_argument(
            "--divisions",
            type=Path,
            default=province.DIVISIONS,
            metavar="文件",
            help="和 --members 一起用：另一份区划文件（code,name,parent_code），默认江苏省",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--remove", action="store_true", help="删除全部演示数据")
        parser.add_argument(
            "--with-others",
            action="store_true",
            help="和 --remove 一起用：连挂在演示组织、演示区划下面的其他资料一起删除",
        )
        what.add_argument("--logins", action="store_true", help="只列出演示账号")

    def handle(self, *, remove: bool, with_others: bool, logins: bool, **asked: Any) -> None:
        """Do one of the three."""
        if remove:
            self._remove(with_others=with_others)
            return
        if not logins:
            self._make(**asked)
        self._show_logins()

    def _remove(self, *, with_others: bool) -> None:
        others = removal.bystanders()
        if others and not with_others:
            listed = "、".join(f"{noun} {count:,} 条" for noun, count in others.items())
            raise CommandError(
                f"有不是演示数据的资料挂在演示区划或演示组织下面：{listed}。什么也没有删除。\n"
                "请先把它们移走；如果只是试用时建的，加 --with-others 一起删除。"
            )
        removed = removal.remove()
        self.stdout.write(f"已删除演示数据 {removed:,} 行。操作记录保留。")

    def _make(self, *, size: str, members: int | None, divisions: Path, **_: Any) -> None:
        if build.exists():
            self.stdout.write(f"演示数据已经在库里，没有改动。要重做，先运行 {_COMMAND} --remove")
            return
        if members is None:
            plan = build.build(recipe.recipe(size, timezone.localdate()))
            organisations, people = len(plan.branches), sum(each.members for each in plan.branches)
        else:
            built = self._make_province(members, divisions)
            organisations, people = built.branches, built.members
        self.stdout.write(f"已装入演示数据：党组织 {organisations:,} 个，党员 {people:,} 名。")
        units = sum(Branch.objects.filter(is_demo=True).unit_counts().values())
        counted = "、".join(UnitColumn.labels)
        self.stdout.write(f"各级各类党组织都算在内；工作台的合计是{counted}，{units:,} 个。")
        if not settings.DEMO_BANNER:
            self.stdout.write("请在环境变量里设 DEMO_BANNER=on，让每一页都写明是演示数据。")

    def _make_province(self, members: int, divisions: Path) -> province.Built:
        try:
            return province.build(members, timezone.localdate(), divisions, self.stdout.write)
        except FileRefused as refusal:
            listed = "\n".join(map(str, refusal.problems))
            raise CommandError(f"区划文件有问题，什么也没有写入。\n{listed}") from None

    def _show_logins(self) -> None:
        found = accounts.logins()
        if not found:
            self.stdout.write(f"没有演示账号。要装入演示数据，运行 {_COMMAND}")
            return
        self.stdout.write("演示账号（数据全部虚构）：")
        self._show_line("角色", "登录名", "口令", "在哪里")
        for login in found:
            password = login.password if login.is_current else "（密码已被修改）"
            self._show_line(login.role.label, login.username, password, login.place)

    def _show_line(self, *cells: str) -> None:
        *columns, place = cells
        padded = [_padded(cell, width) for cell, width in zip(columns, _COLUMNS, strict=True)]
        self.stdout.write("  " + "  ".join([*padded, place]))


def _padded(text: str, width: int) -> str:
    """Return TEXT filled up to WIDTH on a terminal, where a Chinese character is two wide."""
    left = width - sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
    return text + "　" * (left // 2) + " " * (left % 2)
