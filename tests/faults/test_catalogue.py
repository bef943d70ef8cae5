"""Every fault that long work must survive has a test that names it (security §5b)."""

import ast
import re
from pathlib import Path

from django.conf import settings

TESTS = Path(__file__).parents[1]
WANTED = {f"F{number}" for number in (*range(1, 8), 10, 11, 12, 15, 18, 21)}
_NUMBER = re.compile(r"\bF\d+\b")


def named_in(path: Path) -> set[str]:
    """Return the faults that the docstrings of a module's tests name."""
    tree = ast.parse(path.read_text("utf-8"))
    tests = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return {found for test in tests for found in _NUMBER.findall(ast.get_docstring(test) or "")}


def test_every_fault_has_its_test() -> None:
    named = set[str]().union(*map(named_in, TESTS.rglob("test_*.py")))
    assert WANTED - named == set()


def test_what_a_dead_process_left_goes_on_within_ninety_seconds() -> None:
    """F1: the longest silence before somebody is taken for dead, and until somebody looks."""
    beat = settings.CELERY_BEAT_SCHEDULE["sweep-runs"]["schedule"]
    assert (settings.RUN_STALE_SECONDS + settings.RUN_SWEEP_SECONDS, beat) == (90, 30)
