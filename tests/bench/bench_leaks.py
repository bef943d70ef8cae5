"""Nothing of what is out of reach shows: the walk of ``test_leaks`` and the 1,000 worlds of the oracle.

The tests themselves are run, on a database of their own of the same kind: what they hold and what is
reported here cannot part.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import parse
from django.db import connection

from tests.bench.report import Report

ROOT = Path(__file__).parents[2]
WALK = "tests/test_leaks.py"
ORACLE = "tests/branches/test_scope_oracle.py"
WORLDS = 1_000  # security X15


def measure(report: Report) -> None:
    """Walk every address as every role, then compare row scope with brute force."""
    with report.timed("走遍每个地址"):
        walked = _run(WALK)
    figures = {each.get("name"): int(each.get("value")) for each in walked.iter("property")}
    report.note("看过的答复", figures["answers"], "个")
    report.note("埋下的标记", figures["markers"], "个")
    report.bar("露出来的标记", figures["leaks"], at_most=0, unit="个")
    report.bar("其余检查没有通过", _failures(walked), at_most=0, unit="项")
    with report.timed(f"{WORLDS:,} 个随机组织"):
        compared = _run(ORACLE)
    report.bar("可见范围与逐级核对不一致", _failures(compared), at_most=0, unit="项")


def _run(test: str) -> Any:
    """Run TEST and return its report; the portal's own settings are not those of the tests."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE": "postgres" if connection.vendor == "postgresql" else "sqlite",
        "SCOPE_EXAMPLES": str(WORLDS),
    }
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        options = [
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={told}",
        ]
        command = [sys.executable, "-m", "pytest", *options, test]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout)  # noqa: T201 -- a measurement tells what went wrong
        return parse(told).getroot()


def _failures(told: Any) -> int:
    return sum(
        case.find("failure") is not None or case.find("error") is not None
        for case in told.iter("testcase")
    )
