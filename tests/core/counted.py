"""Runs of the work that counts ten rows (the fixture ``counting``)."""

import datetime

from django.utils import timezone

from core.models import BackgroundRun
from core.runs import start_run

ROWS = 10


def start(by, key="count:1", **options):
    """Put a run of BY in the line."""
    return start_run(by=by, kind="count", key=key, arguments={"batch": 1}, **options)


def fell_silent(run, seconds=3600):
    """Let RUN have shown no life for SECONDS."""
    BackgroundRun.objects.filter(pk=run.pk).update(
        heartbeat_at=timezone.now() - datetime.timedelta(seconds=seconds)
    )
