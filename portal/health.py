"""Health for the machines behind the portal: is it alive, can it serve. It tells words, no particulars."""

import contextlib

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.crypto import key_ring

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
    """Say whether pages can be served: 200, else 503. Without the broker they can; runs only wait."""
    parts = {"database": _database(), "keys": _keys(), "broker": _broker()}
    can_serve = parts["database"] == parts["keys"] == "ok"
    return JsonResponse(parts, status=200 if can_serve else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "not migrated" if pending else "ok"


def _keys() -> str:
    try:
        key_ring()
    except (OSError, ValueError, KeyError, ImproperlyConfigured):
        return "unreadable"
    return "ok"


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
