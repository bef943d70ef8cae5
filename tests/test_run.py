"""`make run`: from nothing to a page, again without change, and gone when it is told to end."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.harness import processes

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 10  # from the command to the first page, where nothing has changed

pytestmark = pytest.mark.once


@contextmanager
def running(
    var: Path, port: int, target: str = "run", **more: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run `make TARGET`, a small demo district in it, until it serves; yield it and what it printed.

    MORE: other variables of its environment.
    """
    log = var.parent / "printed"
    log.write_bytes(b"")
    server = processes.start(
        ["make", target],
        log=log,
        env={
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(var),
            "PORT": str(port),
            "DEMO_SIZE": "S",
            **more,
        },
        cwd=ROOT,
    )
    try:
        processes.wait_until(lambda: processes.accepts(port), process=server, log=log, seconds=120)
        yield server, log
    finally:
        processes.kill_tree(server)


@contextmanager
def pulled(file: Path) -> Iterator[None]:
    """Let FILE, which is none of ours, be there as if a pull had brought it."""
    file.touch(exist_ok=False)
    try:
        yield
    finally:
        file.unlink()


def touch_and_compile() -> None:
    """Do what other commands do beside us: no text changes, yet files and folders become newer."""
    (ROOT / "fixtures" / "rule_parameters.json").touch()
    folder = ROOT / "core" / "migrations"
    for each in (folder, folder / "__pycache__"):
        each.mkdir(exist_ok=True)
        each.touch()
    (folder / "__pycache__" / "nothing.pyc").touch()


def end(server: subprocess.Popen[bytes], signum: int) -> None:
    """Send what Ctrl-C sends: the signal to the whole group."""
    os.killpg(server.pid, signum)
    server.wait(30)


def group_is_empty(server: subprocess.Popen[bytes]) -> bool:
    """Whether no process of the group is left."""
    try:
        os.killpg(server.pid, 0)
    except ProcessLookupError:
        return True
    return False


def status_of(port: int, address: str) -> int:
    """Ask for an address as a visitor."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", address)
    status = connection.getresponse().status
    connection.close()
    return status


def rows_of(var: Path, table: str) -> int:
    """Count the rows of TABLE in the data that was left."""
    with closing(sqlite3.connect(var / "yinhui.sqlite3")) as database:
        (number,) = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608
    return int(number)


def start_again_at_once(var: Path, port: int) -> None:
    """Start once more where nothing has changed: nothing is prepared anew, and it is there in time."""
    begun = time.monotonic()
    with running(var, port) as (server, log):
        assert status_of(port, "/signin/") == 200
        assert time.monotonic() - begun < MOST_SECONDS
        assert "正在准备数据库" not in log.read_text("utf-8")
        assert "没有改动" in log.read_text("utf-8")
        end(server, signal.SIGINT)


def start_after_a_change(var: Path, port: int) -> None:
    """Start once more with a file that was not there: all is prepared anew, and what was there stays."""
    with pulled(ROOT / "fixtures" / "pulled.txt"), running(var, port) as (server, log):
        assert "正在准备数据库" in log.read_text("utf-8")
        assert "没有改动" in log.read_text("utf-8")
        end(server, signal.SIGTERM)
        assert group_is_empty(server)


def test_serve_begins_empty_and_run_adds_the_demo_and_both_leave_only_their_data(
    tmp_path: Path,
) -> None:
    var, port = tmp_path / "var", processes.free_port()

    with running(var, port, "serve", DEMO_BANNER="on") as (server, log):
        assert f'export VAR_DIR="{var}"' in log.read_text("utf-8")
        assert "export DEMO_BANNER=on" in log.read_text("utf-8")
        assert "manage.py createsuperuser" in log.read_text("utf-8")
        assert status_of(port, "/signin/") == 200
        end(server, signal.SIGINT)
    assert [rows_of(var, name) for name in ("core_user", "members_member")] == [0, 0]

    with running(var, port) as (server, log):
        first = log.read_text("utf-8")
        assert "正在准备数据库" not in first
        assert f"http://127.0.0.1:{port}/" in first
        roles = re.findall(r"^  (\S+?)　* +1\d{10}  \S+", first, re.MULTILINE)
        assert len(roles) >= 6
        assert status_of(port, "/signin/") == 200
        end(server, signal.SIGINT)
        assert group_is_empty(server)
        assert not processes.accepts(port)

    touch_and_compile()
    start_again_at_once(var, port)
    start_after_a_change(var, port)

    assert [path.stat().st_mode & 0o077 for path in (var, var / "yinhui.sqlite3")] == [0, 0]
    assert {path.name for path in var.iterdir()} == {
        "field_keys.json",
        "migrate.stamp",
        "secret_key",
        "static",
        "static.stamp",
        "yinhui.sqlite3",
    }


def test_commands_outside_the_environment_say_how_to_make_it() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "migrate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "再用 .venv/bin/python manage.py" in done.stderr


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_while_the_database_is_prepared(tmp_path: Path, signum: int) -> None:
    """Python lost every third one there and served after all; what it said instead was no Chinese."""
    var, log = tmp_path / "var", tmp_path / "printed"
    given = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "PORT": str(processes.free_port())}
    server = processes.start(["make", "run"], log=log, env=given, cwd=ROOT)
    try:
        database = var / "yinhui.sqlite3"
        processes.wait_until(database.exists, process=server, log=log, seconds=60)
        began = time.monotonic()
        end(server, signum)
        assert time.monotonic() - began < 5
        assert group_is_empty(server)
    finally:
        processes.kill_tree(server)
    told = log.read_text("utf-8")
    assert "停下了，没有装完。再执行一次 make run，会接着装。" in told
    assert "Traceback" not in told
    assert not (var / "migrate.stamp").exists()


def test_run_says_what_to_do_when_the_port_is_taken(tmp_path: Path) -> None:
    port = processes.free_port()
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            ["make", "run"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode != 0
    assert f"端口 {port} 已被占用" in done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["0", "70000", "八千", "80 80"])
def test_run_says_when_what_was_given_is_no_port(tmp_path: Path, port: str) -> None:
    """It is not taken: to look for the program that holds it would lead nowhere."""
    done = subprocess.run(
        ["bin/run.sh"],
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), "PORT": port},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"端口 {port} 不能用，请填 1024 到 65535 之间的数" in done.stderr
    assert not (tmp_path / "var").exists()
