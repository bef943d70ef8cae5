"""Health for the machines behind the portal: is it alive, can it serve. It tells words, no particulars."""

import contextlib
import shutil
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.enums import RunState
from core.keys import key_state
from core.models import BackgroundRun

DISK_SHARE = 0.15  # below it somebody should make room
RUN_WAITS_SECONDS = 600
BROKER_SECONDS = 1.0  # the question must not hang with the broker


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; it asks nobody else, so a slow database never restarts the web."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be served: 200, else 503.

    They can without the broker (runs only wait), on a nearly full disk, and while runs are stuck.
    """
    parts = {"database": _database(), "broker": _broker(), "disk": _disk()}
    has_tables = parts["database"] == "ok"
    parts["keys"] = key_state().value if has_tables else "unknown"
    parts["runs"] = _runs() if has_tables else "unknown"
    can_serve = parts["database"] == parts["keys"] == "ok"
    return JsonResponse(parts, status=200 if can_serve else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "not migrated" if pending else "ok"


def _broker() -> str:
    if not settings.REDIS_URL:
        return "none"
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=BROKER_SECONDS, socket_timeout=BROKER_SECONDS
    )
    with contextlib.suppress(redis.RedisError), contextlib.closing(client):
        client.ping()
        return "ok"
    return "unreachable"


def _disk() -> str:
    try:
        room = shutil.disk_usage(settings.VAR_DIR)
    except OSError:  # not mounted, or taken away
        return "unreachable"
    return "ok" if room.free >= room.total * DISK_SHARE else "low"


def _runs() -> str:
    """Say whether a run has waited, or been silent, longer than the sweeper ever leaves one."""
    since = timezone.now() - timedelta(seconds=RUN_WAITS_SECONDS)
    open_runs = BackgroundRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING])
    last_sign = Coalesce("heartbeat_at", "created_at")
    return "waiting" if open_runs.alias(sign=last_sign).filter(sign__lt=since).exists() else "ok"
