"""Arithmetic of tree paths: four characters 0-9A-Z a level, so bytes sort as the tree reads."""

import re
from collections.abc import Iterable
from os.path import commonprefix

from core.fields import PATH_DIGITS, PATH_SEGMENT

SEGMENT = PATH_SEGMENT
_DIGITS = PATH_DIGITS
_SEGMENT = re.compile(f"[{_DIGITS}]{{{SEGMENT}}}")
AFTER = "~"  # behind a path it stands after everything below it, and before what comes next
CAPACITY = len(_DIGITS) ** SEGMENT


class PathsExhausted(RuntimeError):
    """All 1,679,616 segments under one parent are taken."""


def segment(number: int) -> str:
    """Return NUMBER (from 0) as one segment."""
    if not 0 <= number < CAPACITY:
        raise PathsExhausted(number)
    characters = ""
    for _ in range(SEGMENT):
        number, digit = divmod(number, len(_DIGITS))
        characters = _DIGITS[digit] + characters
    return characters


def number(path: str) -> int:
    """Return the number of the last segment of PATH."""
    return int(path[-SEGMENT:], len(_DIGITS))


def is_segment(text: str) -> bool:
    """Return whether TEXT is one proper segment."""
    return _SEGMENT.fullmatch(text) is not None


def parent_of(path: str) -> str:
    """Return the path one level up; the empty string above a root."""
    return path[:-SEGMENT]


def common(paths: Iterable[str]) -> str:
    """Return the path of the smallest area that holds all PATHS; empty above the roots."""
    shared = commonprefix(list(paths))  # noqa: RUF071 -- fixed-width text, not file names
    return shared[: len(shared) - len(shared) % SEGMENT]


def line_of(path: str) -> list[str]:
    """Return PATH and every path above it, the root's first."""
    return [path[:end] for end in range(SEGMENT, len(path) + 1, SEGMENT)]


def next_path(parent_path: str, highest: str) -> str:
    """Return the path after HIGHEST, the highest path below PARENT_PATH (any depth; empty if none)."""
    if not highest:
        return parent_path + segment(0)
    return parent_path + segment(number(highest[: len(parent_path) + SEGMENT]) + 1)


def lowest_gap(parent_path: str, taken: Iterable[str]) -> str:
    """Return the lowest path under PARENT_PATH that none of TAKEN (paths at any depth) uses."""
    end = len(parent_path) + SEGMENT
    used = {number(path[:end]) for path in taken}
    free = next((candidate for candidate in range(CAPACITY) if candidate not in used), CAPACITY)
    return parent_path + segment(free)
