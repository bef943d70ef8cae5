"""``python -m tests.bench [NAME…] [--database postgres|sqlite]``: run the measurements and judge them."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.report import Line, read
from tests.harness import postgres, processes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BOTH = ("postgres", "sqlite")


class Result(NamedTuple):
    """One line of one measurement on one database."""

    name: str
    database: str
    line: Line

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, the verdict included."""
        found = {"measurement": self.name, "database": self.database, **asdict(self.line)}
        return found | ({"verdict": self.line.verdict} if self.line.is_bar else {})


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


def measure(asked: argparse.Namespace) -> Iterator[Result]:
    """Run what was asked for, one measurement after the other."""
    for name in asked.names or names():
        for kind in databases_of(name):
            if asked.database in {None, kind}:
                print(f"\n{name} · {kind}", flush=True)  # noqa: T201 -- the command's output
                yield from (Result(name, kind, line) for line in run(name, kind))


def summary(bars: list[Result]) -> str:
    """Return the table of all bars: bar, measured, verdict."""
    missed = sum(not bar.line.is_met for bar in bars)
    rows = [f"{bar.line.verdict:　<3} {bar.name} · {bar.database}{bar.line}" for bar in bars]
    count = f"标准 {len(bars)} 项，达到 {len(bars) - missed} 项，未达到 {missed} 项"
    return "\n".join(["", *rows, "", count])


def main() -> int:
    """Run what was asked for and return 1 when any bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *names()], help="默认全部")
    parser.add_argument("--database", choices=BOTH, help="只量一种数据库")
    parser.add_argument("--json", type=Path, metavar="文件", help="结果另存为 JSON")
    asked = parser.parse_args()
    results = list(measure(asked))
    bars = [result for result in results if result.line.is_bar]
    print(summary(bars))  # noqa: T201 -- the command's output
    if asked.json:
        rows = [result.as_dict() for result in results]
        asked.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(bar.line.is_met for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
