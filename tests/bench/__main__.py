"""``python -m tests.bench [NAME…] [--database postgres|sqlite]``: run the measurements and judge them."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Line, read
from tests.harness import postgres, processes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BOTH = ("postgres", "sqlite")


def names() -> list[str]:
    """Return the names of all measurements."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def databases_of(name: str) -> tuple[str, ...]:
    """Return the databases that a measurement asks for, read without importing Django."""
    for line in (HERE / f"bench_{name}.py").read_text("utf-8").splitlines():
        if line.startswith("DATABASES = "):
            return tuple(kind for kind in BOTH if f'"{kind}"' in line)
    return BOTH


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of a new database: a durable cluster of its own, or a file."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    with postgres.cluster(postgres.FOR_BENCH) as url:
        yield url


def run(name: str, kind: str) -> list[Line]:
    """Run one measurement on one database in a process of its own; a crash counts as a missed bar."""
    with processes.private_folder("yinhui-bench-") as folder, empty_database(kind, folder) as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": url,
            "VAR_DIR": str(folder / "var"),
            "PORTAL_HTTPS": "off",
            "REDIS_URL": "",
        }
        told = folder / "report"
        migrate = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        measure = [sys.executable, "-m", "tests.bench.one", name, str(told)]
        ended = subprocess.run(measure, cwd=ROOT, env=environment, check=False)
        lines = read(told)
        if ended.returncode != 0:
            lines.append(Line(f"{name} 在 {kind} 上没有做完", ended.returncode, "", at_most=0))
        return lines


def main() -> int:
    """Run what was asked for and return 1 when any bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *names()], help="默认全部")
    parser.add_argument("--database", choices=BOTH, help="只量一种数据库")
    asked = parser.parse_args()
    missed, bars = [], 0
    for name in asked.names or names():
        for kind in databases_of(name):
            if asked.database in {None, kind}:
                print(f"\n{name} · {kind}", flush=True)  # noqa: T201 -- the command's output
                lines = run(name, kind)
                bars += sum(line.at_most is not None or line.at_least is not None for line in lines)
                missed += [f"{name} · {kind}{line}" for line in lines if not line.is_met]
    print(f"\n标准 {bars} 项，达到 {bars - len(missed)} 项，未达到 {len(missed)} 项")  # noqa: T201 -- as above
    print(*missed, sep="\n")  # noqa: T201 -- as above
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
