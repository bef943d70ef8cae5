"""Carry out waiting background runs; for installations without Celery beat and without a web process."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.runs import doorbell, engine, sweep_runs


class Command(BaseCommand):
    """``manage.py sweep_runs``: once, then ends."""

    help = "叫醒等待中的和中断的后台工作，并安排每晚的工作。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once and say how many were rung; without a broker they are carried out here."""
        ring = doorbell.ring if settings.RUN_DOORBELL == "celery" else engine.attend
        self.stdout.write(f"叫醒 {sweep_runs(ring=ring)} 项后台工作。")
