"""One writer per tree: the lock that mptt does not take (house §4).

Measured: 160 unlocked inserts by four threads leave over a hundred wrong bounds and raise nothing.
The lock is an advisory one, held to the end of the transaction, on PostgreSQL; on SQLite the
IMMEDIATE transaction is the lock. What this thread holds is remembered, so that a tree model can
refuse to be written without it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, models

# The roots of a model, where tree numbers and first path segments are given out.
ROOTS = 0

# All trees of a model at once: bulk loads and repairs hold it alone, all other writers share it.
WHOLE = -1

# First key of the two-part advisory key; the second is the tree.
_LOCK_CLASSES = {"branches.area": 7001, "branches.branch": 7002}

_held: ContextVar[frozenset[tuple[str, int]]] = ContextVar("held_trees", default=frozenset())


class TreeNotLocked(RuntimeError):
    """A tree was about to be written without its lock: go through branches.trees."""


def acquire(model: type[models.Model], tree_ids: Iterable[int]) -> None:
    """Take the locks of TREE_IDS in ascending order; needs an open transaction."""
    _take("pg_advisory_xact_lock_shared", model, [WHOLE])
    _take("pg_advisory_xact_lock", model, sorted(tree_ids))


def acquire_whole(model: type[models.Model]) -> None:
    """Take all trees of MODEL by one lock, however many there are; needs an open transaction."""
    _take("pg_advisory_xact_lock", model, [WHOLE])


def _take(function: str, model: type[models.Model], keys: Iterable[int]) -> None:
    if connection.vendor != "postgresql":
        return
    lock_class = _LOCK_CLASSES[model._meta.label_lower]
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(f"SELECT {function}(%s, %s)", [lock_class, key])


@contextmanager
def holding(model: type[models.Model], tree_ids: Iterable[int]) -> Iterator[None]:
    """Let this thread write TREE_IDS within the block."""
    label = model._meta.label_lower
    token = _held.set(_held.get() | {(label, tree_id) for tree_id in tree_ids})
    try:
        yield
    finally:
        _held.reset(token)


def require(model: type[models.Model], tree_ids: Iterable[int]) -> None:
    """Raise TreeNotLocked unless this thread holds every one of TREE_IDS."""
    label = model._meta.label_lower
    if (label, WHOLE) in _held.get():
        return
    missing = sorted({tree_id for tree_id in tree_ids if (label, tree_id) not in _held.get()})
    if missing:
        raise TreeNotLocked(f"{label}: trees {missing} are written without their lock")


def require_any(model: type[models.Model]) -> None:
    """Raise TreeNotLocked unless this thread holds some tree of MODEL."""
    label = model._meta.label_lower
    if not any(held == label for held, _ in _held.get()):
        raise TreeNotLocked(f"{label}: rows are written without a tree lock")
