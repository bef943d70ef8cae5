"""Columns that keep the area path of their day, and so decide who reads their rows later.

The trail is append-only: what happened in a street that has moved away stays under its old path.
Were that path given to the next new street, its staff would read what was never theirs. So a
segment that any such row has seen is not given again (house §4).
"""

from django.apps import apps

from core.fields import prefix_range

_columns = [("core.AuditEvent", "area_path")]


def register_kept_path(label: str, *, field: str = "area_path") -> None:
    """Name a column of model LABEL that no move renews."""
    if (label, field) not in _columns:
        _columns.append((label, field))


def highest_kept(prefix: str) -> str:
    """Return the highest path below PREFIX that any row keeps; empty when none does."""
    highest = ""
    for label, field in _columns:
        rows = apps.get_model(label)._base_manager.filter(prefix_range(field, prefix))
        kept = rows.exclude(**{field: prefix}).order_by(f"-{field}").values_list(field, flat=True)
        highest = max(highest, kept.first() or "")
    return highest
