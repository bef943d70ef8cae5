"""Ranges of tree paths: what they find is what begins with one of the paths."""

from itertools import product
from typing import Any

from core.fields import path_ranges

LEAVES = ["".join(parts) for parts in product(("0000", "0009", "000A", "000Z", "0010"), repeat=2)]
ROOTS = ("0000", "0009", "000A", "000Z", "0010", "ZZZZ")


def found(paths: list[str]) -> tuple[set[str], int]:
    """Return which of all paths PATHS find, and by how many ranges."""
    condition = path_ranges("path", paths)
    children: Any = condition.children
    groups = [children] if condition.connector == "AND" else [each.children for each in children]
    bounds = [(low, end) for (_, low), (_, end) in groups]
    everything = [*LEAVES, *ROOTS, "ZZZZ0000"]
    return {path for path in everything for low, end in bounds if low <= path < end}, len(bounds)


def test_neighbours_become_one_range() -> None:
    for paths, ranges in (
        (["0009", "000A"], 1),
        (["000Z", "0010"], 1),
        (["0000", "0009", "000A"], 2),
        (["0000", "00000009", "0000000A"], 1),
        (["0000000Z", "00000010", "0010"], 2),
        (["ZZZZ"], 1),
        (["000000ZZ", "0009"], 2),
    ):
        wanted = {
            path
            for path in [*LEAVES, *ROOTS, "ZZZZ0000"]
            if any(path.startswith(top) for top in paths)
        }
        assert found(paths) == (wanted, ranges)


def test_no_path_is_no_condition() -> None:
    assert not path_ranges("path", [])
