"""The audit asks for what is locked and nothing else, and never passes silence off as a clean result."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.harness.processes import free_port

ROOT = Path(__file__).resolve().parents[1]
FLAW = {
    "id": "PYSEC-0000-1",
    "affected": [
        {
            "package": {"name": "django-mptt", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}
NOT_ASKED = "没有查成，不能说没有漏洞：请在连得上互联网的机器上再执行一次 make audit。\n"

pytestmark = pytest.mark.once

Query = dict[str, Any]
Reply = tuple[int, dict[str, Any]]


def nothing(query: Query) -> Reply:
    return 200, {}


def flaw_in_mptt(query: Query) -> Reply:
    return 200, {"vulns": [FLAW]} if query["package"]["name"] == "django-mptt" else {}


def unreadable(query: Query) -> Reply:
    return 200, {"vulns": [FLAW | {"schema_version": "2.0.0"}]}


def out_of_order(query: Query) -> Reply:
    return 503, {}


@contextmanager
def service(reply: Callable[[Query], Reply]) -> Iterator[tuple[str, list[Query]]]:
    """Serve REPLY on the loopback; give its address and the list of what it is asked."""
    asked: list[Query] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, answer = reply(asked[-1])
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Write nothing among the tests' own lines."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    """Run the audit against the service at URL."""
    return subprocess.run(
        [ROOT / "bin" / "audit.sh"],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PIP_AUDIT_OSV_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def locked() -> list[tuple[str, str]]:
    """Return name and version of every package that the two lock files hold, each once."""
    texts = [(ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")]
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==(\S+)", "\n".join(texts), re.MULTILINE)))


def test_a_clean_answer_to_every_locked_package_is_called_clean() -> None:
    with service(nothing) as (url, asked):
        done = audit(url)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "锁定的软件包都查过了，没有已知漏洞。\n"
    assert sorted((query["package"]["name"], query["version"]) for query in asked) == locked()


def test_a_known_vulnerability_is_told_with_its_package_and_fails() -> None:
    with service(flaw_in_mptt) as (url, _asked):
        done = audit(url)

    assert done.returncode == 1
    name, version, flaw, fixed = done.stdout.splitlines()[2].split()[:4]
    assert (name, flaw, fixed) == ("django-mptt", "PYSEC-0000-1", "99")
    assert (name, version) in locked()
    assert done.stderr.startswith("上面这些锁定的软件包有已知漏洞：请用 make lock LOCK=--upgrade")


def test_nobody_listening_is_not_called_clean() -> None:
    done = audit(f"http://127.0.0.1:{free_port()}/")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(NOT_ASKED)
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("reply", [out_of_order, unreadable])
def test_an_answer_that_says_nothing_is_not_called_clean(reply: Callable[[Query], Reply]) -> None:
    with service(reply) as (url, _asked):
        done = audit(url)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(NOT_ASKED)
