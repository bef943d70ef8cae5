"""Run one measurement in this process: ``python -m tests.bench.one NAME REPORT_FILE``."""

import importlib
import sys
from pathlib import Path

import django

from tests.bench.report import Report


def main(name: str, path: str) -> None:
    """Set the portal up, then measure."""
    django.setup()
    importlib.import_module(f"tests.bench.bench_{name}").measure(Report(Path(path)))


if __name__ == "__main__":
    main(*sys.argv[1:])
