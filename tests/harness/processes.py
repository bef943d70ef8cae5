"""Child processes that never outlive the test run, however it ends."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require(program: str, package: str, places: str = "") -> str:
    """Return the path of a program, or fail with one sentence that says what to install."""
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/").glob(places or "nowhere"), reverse=True)), None
    )
    if found is None:
        raise RuntimeError(f"缺少 {program}，请先安装：apt-get install {package}。")
    return found


def start(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
    on_death: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a server; the kernel sends it `on_death` should this process die without stopping it.

    A group of its own keeps the terminal's Ctrl-C from it, so that it stops after the tests, not before.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            process_group=0,
            preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, on_death),
        )


def stop(
    process: subprocess.Popen[bytes], *, first: int = signal.SIGTERM, patience: float = 10
) -> None:
    """End a server by its own process id: asked first, then killed."""
    if process.poll() is not None:
        return
    process.send_signal(first)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a server and every process of its group at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_until(
    ready: Callable[[], bool], *, process: subprocess.Popen[bytes], log: Path, seconds: float
) -> None:
    """Wait for a server to answer; raise with the end of its log when it died or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.05)  # polling a foreign process: there is nothing to wait on
    tail = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"{process.args!r} did not start within {seconds} s:\n{tail}")


def accepts(port: int) -> bool:
    """Say whether somebody listens on 127.0.0.1:port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def private_folder(prefix: str, *, owner: str | None = None) -> Iterator[Path]:
    """Yield a new folder for a server's files, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner is not None:
            shutil.chown(folder, owner, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def am_root() -> bool:
    """Say whether this process is root, which PostgreSQL refuses to run as."""
    return os.geteuid() == 0
