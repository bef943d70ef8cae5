"""A private PostgreSQL cluster: quick and forgetful for tests, durable for measurements."""

import atexit
import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.harness import processes

USER = "yinhui"
# A test database is thrown away, so nothing needs to reach the disk.
FOR_TESTS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "password_encryption": "md5",  # a live server connects all the time; scram is slow on purpose
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}
# A measurement keeps every promise of a real server, with the sizes the bars were set by.
FOR_BENCH: Mapping[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "max_connections": "100",
}


def _program(name: str) -> str:
    return processes.require(
        f"{name} (PostgreSQL)", "postgresql", f"usr/lib/postgresql/*/bin/{name}"
    )


def _initialise(data: Path, password: str, owner: str | None, check: str) -> None:
    secret = data.parent / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # inside a folder that only its owner may enter
    subprocess.run(
        [
            _program("initdb"),
            f"--pgdata={data}",
            f"--username={USER}",
            f"--pwfile={secret}",
            f"--auth={check}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=data.parent,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
    )
    secret.unlink()


def _private(port: int) -> dict[str, str]:
    return {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
    }


class Cluster:
    """A running cluster: the URL of its `postgres` database, and how to stop and start it."""

    def __init__(
        self, folder: Path, url: str, command: list[str], port: int, owner: str | None
    ) -> None:
        self.url = url
        self._folder, self._command, self._port, self._owner = folder, command, port, owner
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._starts += 1
        log = self._folder / f"log{self._starts}"
        process = self._process = processes.start(
            self._command, log=log, user=self._owner, cwd=self._folder, on_death=signal.SIGQUIT
        )
        processes.wait_until(
            lambda: (
                processes.accepts(self._port) and b"ready to accept connections" in log.read_bytes()
            ),
            process=process,
            log=log,
            seconds=60,
        )

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stop it: SIGINT breaks off what runs, SIGQUIT leaves all as a power cut would."""
        if self._process is not None:
            processes.stop(self._process, first=how, patience=60)

    def restart(self, how: int = signal.SIGINT) -> None:
        """Stop and start it."""
        self.stop(how)
        self.start()


@contextlib.contextmanager
def own_cluster(options: Mapping[str, str] = FOR_TESTS) -> Iterator[Cluster]:
    """Run a cluster of its own on a free port of 127.0.0.1.

    Root hands it to the `postgres` user. The folder goes away at the end, also after a failed start.
    """
    owner = "postgres" if processes.am_root() else None
    with processes.private_folder("yinhui-pg-", owner=owner) as folder:
        data, password, port = folder / "data", secrets.token_hex(16), processes.free_port()
        _initialise(data, password, owner, options.get("password_encryption", "scram-sha-256"))
        settings = {**options, **_private(port)}
        command = [_program("postgres"), "-D", str(data)]
        command += [f"--{key}={value}" for key, value in settings.items()]
        url = f"postgres://{USER}:{password}@127.0.0.1:{port}/postgres"
        running = Cluster(folder, url, command, port, owner)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@contextlib.contextmanager
def cluster(options: Mapping[str, str] = FOR_TESTS) -> Iterator[str]:
    """Run a cluster of its own and yield the URL of its `postgres` database."""
    with own_cluster(options) as running:
        yield running.url


def copy_database(source: str, target: str) -> None:
    """Copy the portal's tables and rows from the database at SOURCE into the empty one at TARGET."""
    dump = subprocess.run(
        [_program("pg_dump"), "--no-owner", "--schema=public", "--dbname", source],
        check=True,
        stdout=subprocess.PIPE,
    )
    wanted = [line for line in dump.stdout.splitlines() if line != b"CREATE SCHEMA public;"]
    subprocess.run(
        [_program("psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", target],
        check=True,
        input=b"\n".join(wanted),
        stdout=subprocess.DEVNULL,
    )


def shared_cluster_url() -> str:
    """Return the URL of this test run's cluster, started on the first call and stopped when that process exits.

    Child processes (test workers, live servers, Celery workers) find it in TEST_DATABASE_URL and share it.
    """
    url = os.environ.get("TEST_DATABASE_URL")
    if url is None:
        url = os.environ["TEST_DATABASE_URL"] = _until_exit.enter_context(cluster())
    return url


_until_exit = contextlib.ExitStack()
atexit.register(_until_exit.close)
