"""What is shipped for running the portal: it parses, it fits the settings, and it is closed by default."""

import configparser
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse
from gunicorn.config import Config

from tests.harness import processes

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"), key=lambda path: path.name)
IMAGE = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
NGINX = (DEPLOY / "nginx" / "yinhui.conf").read_text("utf-8")

pytestmark = pytest.mark.once


def compose() -> dict[str, Any]:
    """Return the compose file as Docker would read it."""
    return yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text("utf-8"))


def settings_variables() -> set[str]:
    """Return the names of the environment variables that the portal and its web server read."""
    settings = (ROOT / "portal" / "settings.py").read_text("utf-8")
    server = (DEPLOY / "gunicorn.conf.py").read_text("utf-8")
    asked = re.findall(
        r"env\.(?:text|flag|number|choice|listing|secret)\(\s*\"([A-Z_]+)\"", settings
    )
    return set(asked) | set(re.findall(r"environ\.get\([\"']([A-Z_]+)", server))


def unit(path: Path) -> configparser.SectionProxy:
    """Return the [Service] section of a unit."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read(path, encoding="utf-8")
    return parser["Service"]


def test_compose_runs_every_part_and_declares_what_it_uses() -> None:
    plan = compose()
    services = plan["services"]

    assert set(services) == {"prepare", "web", "worker", "beat", "nginx", "database", "redis"}
    assert {name for service in services.values() for name in service.get("secrets", [])} == set(
        plan["secrets"]
    )
    assert {name for service in services.values() for name in service["networks"]} == set(
        plan["networks"]
    )
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_compose_lets_no_secret_stand_in_the_file_and_closes_the_containers() -> None:
    services = compose()["services"]

    for name in ("prepare", "web", "worker", "beat"):
        environment = services[name]["environment"]
        assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & set(environment)
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    redis = services["redis"]["command"][-1]
    assert "docker-entrypoint.sh redis-server" in redis  # else it stays root
    assert "--requirepass" in redis
    assert "--maxmemory-policy noeviction" in redis


def test_compose_lets_nothing_but_nginx_reach_out() -> None:
    plan = compose()
    closed = {name for name, network in plan["networks"].items() if (network or {}).get("internal")}

    assert [name for name, part in plan["services"].items() if set(part["networks"]) - closed] == [
        "nginx"
    ]


def test_compose_hands_every_setting_on() -> None:
    handed = {name.removesuffix("_FILE") for name in compose()["services"]["web"]["environment"]}
    settled = {"PORT", "PORTAL_HTTPS", "BEHIND_PROXY"}  # nginx beside it knows one answer only

    known = {name.removesuffix("_FILE") for name in settings_variables()}
    assert known - handed == settled


def test_image_takes_the_program_and_nothing_that_lies_beside_it() -> None:
    first, *lines = re.findall(
        r"^[^#\n].*", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE
    )
    taken = {line[1:] for line in lines if line.startswith("!")}
    parts = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    started = re.findall(r"(?:bin|deploy)/[\w.]+\.py", IMAGE + str(compose()))

    assert first == "*"
    assert [path for path in taken if not (ROOT / path).exists()] == []
    assert {part for part in parts if (ROOT / part).is_dir()} <= taken
    assert {*started, "manage.py", "fixtures", "locale", "static", "templates"} <= taken
    assert not {"deploy", "own", "var"} & taken


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_runs_as_nobody_in_particular_and_may_do_little(path: Path) -> None:
    service = unit(path)

    assert service["User"] == "yinhui"
    assert service["EnvironmentFile"] == "/etc/yinhui/yinhui.env"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert {name: service[name] for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome")} == {
        "NoNewPrivileges": "yes",
        "PrivateTmp": "yes",
        "ProtectHome": "yes",
    }


def test_web_worker_and_beat_are_separate_units() -> None:
    assert [path.name for path in UNITS] == [
        "yinhui-beat.service",
        "yinhui-web.service",
        "yinhui-worker.service",
    ]


def test_nginx_replaces_every_header_that_the_portal_trusts() -> None:
    replaced = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))

    assert replaced["X-Forwarded-Proto"] == "$scheme"
    assert replaced["X-Forwarded-For"] == replaced["X-Real-IP"] == "$remote_addr"
    assert replaced["Forwarded"] == replaced["X-Forwarded-Host"] == '""'


def test_nginx_slows_guessing_at_the_addresses_where_one_signs_in() -> None:
    for step in ("sign-in", "second-factor"):
        assert f"location = {reverse(step)} {{\n        limit_req zone=sign_in" in NGINX


def test_what_is_shipped_asks_the_office_for_a_second_factor() -> None:
    example = (DEPLOY / "yinhui.env.example").read_text("utf-8")

    assert "\nSECOND_FACTOR=office\n" in example
    assert compose()["services"]["web"]["environment"]["SECOND_FACTOR"] == (
        "${SECOND_FACTOR:-office}"
    )


def test_example_environment_names_only_what_is_read() -> None:
    lines = (DEPLOY / "yinhui.env.example").read_text("utf-8").splitlines()
    named = {line.partition("=")[0].removesuffix("_FILE") for line in lines if "=" in line[:30]}
    known = {name.removesuffix("_FILE") for name in settings_variables()}

    assert named - known == set()


def test_operators_guide_explains_every_setting() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")

    assert {name for name in settings_variables() if f"`{name}`" not in guide} == set()


def test_server_serves_and_ends_when_told(tmp_path: Path) -> None:
    port, log = processes.free_port(), tmp_path / "log"
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "ALLOWED_HOSTS": "portal.example",
    }
    gunicorn = (sys.executable, "-m", "gunicorn", "portal.wsgi:application")
    server = processes.start(
        [*gunicorn, "--config", "deploy/gunicorn.conf.py"],
        log=log,
        env=environment,
        cwd=ROOT,
    )
    try:
        processes.wait_until(lambda: processes.accepts(port), process=server, log=log, seconds=30)
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/healthz", headers={"Host": "portal.example"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok\n")
        connection.close()

        healthy = [sys.executable, "bin/healthy.py"]
        assert subprocess.run(healthy, cwd=ROOT, env=environment, check=False).returncode == 0
    finally:
        processes.stop(server, first=signal.SIGTERM)

    assert server.returncode == 0
    assert not processes.accepts(port)


def test_worker_told_to_end_while_it_ends_does_not_wait_for_itself() -> None:
    """Ctrl-C tells it twice, by the terminal and by the arbiter; the first holds the lock of the pool."""
    lock = threading.Lock()

    def tell_again(*_: Any, **__: Any) -> None:
        assert lock.acquire(blocking=False), "waits for a lock that it holds itself"
        worker.handle_quit(signal.SIGQUIT, None)

    configuration = Config()
    configuration.set("worker_int", lambda _: tell_again())
    make_worker = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["worker_class"]
    worker = make_worker(1, os.getpid(), [], None, 30, configuration, None)
    worker.tpool = SimpleNamespace(shutdown=tell_again)

    with pytest.raises(SystemExit):
        worker.handle_quit(signal.SIGINT, None)
    worker.tmp.close()
