"""manage.py make_demo: the fictional district 青澜区, complete and removable."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo import accounts, build, recipe, removal


class Command(BaseCommand):
    """Make the demonstration district, show its sign-ins, or remove it. Safe to repeat."""

    help = "装入演示区（青澜区，全部虚构）；--remove 删除全部演示数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--size", choices=sorted(recipe.SIZES), default="M", help="S 120 人，M 6401 人（默认）"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--remove", action="store_true", help="删除全部演示数据")
        parser.add_argument(
            "--with-others",
            action="store_true",
            help="和 --remove 一起用：连挂在演示组织、演示区划下面的其他资料一起删除",
        )
        what.add_argument("--logins", action="store_true", help="只列出演示账号")

    def handle(self, *, size: str, remove: bool, with_others: bool, logins: bool, **_: Any) -> None:
        """Do one of the three."""
        if remove:
            self._remove(with_others=with_others)
            return
        if not logins:
            self._make(size)
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

    def _make(self, size: str) -> None:
        if build.exists():
            self.stdout.write("演示数据已经在库里，没有改动。要重做，先运行 make_demo --remove。")
            return
        plan = build.build(recipe.recipe(size, timezone.localdate()))
        members = sum(branch.members for branch in plan.branches)
        self.stdout.write(f"已装入演示数据：党组织 {len(plan.branches)} 个，党员 {members:,} 名。")
        if not settings.DEMO_BANNER:
            self.stdout.write("请在环境变量里设 DEMO_BANNER=on，让每一页都写明是演示数据。")

    def _show_logins(self) -> None:
        found = accounts.logins()
        if not found:
            self.stdout.write("没有演示账号。先运行 make_demo 装入演示数据。")
            return
        self.stdout.write("演示账号（数据全部虚构）：")
        for login in found:
            password = login.password if login.is_current else "（密码已被修改）"
            role = login.role.label.ljust(7, "　")  # full-width, so that the columns stand straight
            self.stdout.write(f"  {role} {login.username}  {password}  {login.place}")
