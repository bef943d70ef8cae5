"""Seal the audit trail up to a quarter of an hour ago."""

from typing import Any

from django.core.management.base import BaseCommand

from core.trail import seal_trail


class Command(BaseCommand):
    """``manage.py seal_audit``; every night it happens by itself."""

    help = "封存操作记录：此后任何改动都能查出来。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and say how many rows."""
        self.stdout.write(f"封存 {seal_trail()} 条操作记录。")
