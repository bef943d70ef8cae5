"""Seal the audit trail up to a quarter of an hour ago."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand

from core.trail import SETTLED, seal_trail

MINUTE = dt.timedelta(minutes=1)


class Command(BaseCommand):
    """``manage.py seal_audit``; every night it happens by itself."""

    help = "封存操作记录：此后任何改动都能查出来。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and say how many rows; where there are none, which still have to wait."""
        count = seal_trail()
        waits = (
            "" if count else f"最近{SETTLED // MINUTE}分钟里的，满{SETTLED // MINUTE}分钟才封存。"
        )
        self.stdout.write(f"封存 {count} 条操作记录。{waits}")
