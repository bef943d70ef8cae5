"""Health is told to anybody on the inner network, in words only."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from core import crypto
from core.enums import RunState
from core.models import BackgroundRun
from core.runs import start_run
from portal import health
from tests.harness import redis

OK = {"database": "ok", "keys": "ok", "broker": "none", "disk": "ok", "runs": "ok"}


def test_alive_asks_no_database(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_is_there(client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, OK)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_takes_no_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client: Client) -> None:
    latest = MigrationLoader(connection).graph.leaf_nodes("core")[0]
    MigrationRecorder(connection).record_unapplied(*latest)

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        OK | {"database": "not migrated", "keys": "unknown", "runs": "unknown"},
    )


@pytest.mark.django_db
def test_not_ready_without_the_key_file(client: Client, settings: Any, tmp_path: Path) -> None:
    broken = tmp_path / "field_keys.json"
    broken.write_text("{}")
    settings.FIELD_KEYS_FILE = broken
    crypto.key_ring.cache_clear()

    response = client.get("/readyz")

    crypto.key_ring.cache_clear()
    assert (response.status_code, response.json()) == (503, OK | {"keys": "unreadable"})


@pytest.mark.django_db
def test_ready_with_the_broker_and_also_while_it_hangs(
    client: Client, settings: Any, redis_server: redis.RedisServer
) -> None:
    settings.REDIS_URL = redis_server.url
    assert client.get("/readyz").json() == OK | {"broker": "ok"}

    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        start = time.monotonic()
        response = client.get("/readyz")
        took = time.monotonic() - start
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)

    assert (response.status_code, response.json()) == (200, OK | {"broker": "unreachable"})
    assert took < 5


@pytest.mark.django_db
def test_ready_on_a_nearly_full_disk_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DISK_SHARE", 1.1)

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, OK | {"disk": "low"})


@pytest.mark.django_db
def test_ready_without_the_folder_of_the_data_says_so(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path / "not mounted"
    assert client.get("/readyz").json() == OK | {"disk": "unreachable"}


@pytest.mark.django_db
def test_ready_while_a_run_is_stuck_and_says_so(client: Client) -> None:
    run = start_run(by=None, kind="x", key="x", ring=False)
    assert client.get("/readyz").json() == OK
    long_ago = timezone.now() - timedelta(minutes=11)
    BackgroundRun.objects.filter(pk=run.pk).update(created_at=long_ago)

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, OK | {"runs": "waiting"})


@pytest.mark.django_db
def test_a_run_that_fell_silent_is_told_and_one_tried_again_has_its_time(client: Client) -> None:
    run = start_run(by=None, kind="x", key="x", ring=False)
    long_ago = timezone.now() - timedelta(hours=5)
    silent = {"state": RunState.RUNNING, "heartbeat_at": long_ago, "created_at": long_ago}
    BackgroundRun.objects.filter(pk=run.pk).update(**silent)
    assert client.get("/readyz").json() == OK | {"runs": "waiting"}
    BackgroundRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED, heartbeat_at=timezone.now()
    )
    assert client.get("/readyz").json() == OK
