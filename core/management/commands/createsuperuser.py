"""``manage.py createsuperuser``: the first administrator, once there are tables for him."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


class Command(createsuperuser.Command):
    """Django's own, which would end in a traceback on a database without tables."""

    help = "建立第一位管理员。先执行 migrate 建表。"
    requires_migrations_checks = False  # it would say so in English and go on

    def handle(self, *args: Any, **options: Any) -> Any:
        """Ask and create. CommandError: the tables are not made yet."""
        executor = MigrationExecutor(connections[options["database"]])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(
                "数据库的表还没有建好。请先执行 manage.py migrate，再执行 manage.py createsuperuser。"
            )
        return super().handle(*args, **options)
