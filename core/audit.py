"""Writing to the audit trail. An act whose record cannot be written does not happen."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from core.fields import BlindIndexField, SealedTextField
from core.long_numbers import kept_reason
from core.models import AuditEvent
from core.querysets import AuditEventQuerySet, ScopedQuerySet

if TYPE_CHECKING:
    from core.models import User

# Set by the middleware for the length of a request; empty in commands and workers.
client_ip: ContextVar[str | None] = ContextVar("client_ip", default=None)

REVEALED = "查看完整信息"
VIEWED_AS = "以某人身份查看"
CHANGED = "（已修改，不记录内容）"
NOTHING: tuple[Any, ...] = (None, "", [], {})
_NOTE = 200  # characters, as the column has
# How far back a person is told who looked at him (domain §6.12): a right as the pages word it
# (最近十二个月), not a threshold of the bureau's.
LOOKED_BACK = dt.timedelta(days=365)


def snapshot(instance: models.Model, fields: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the plain values of INSTANCE by field name; sealed fields only as set or unset."""
    wanted = set(fields) if fields is not None else None
    values: dict[str, Any] = {}
    for field in instance._meta.concrete_fields:
        if isinstance(field, BlindIndexField) or field.name == "password":
            continue
        if wanted is not None and field.name not in wanted:
            continue
        value = field.value_from_object(instance)
        values[field.name] = value if isinstance(field, SealedTextField) else field.to_python(value)
    return values


def difference(
    model: type[models.Model], before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the changed values before and after as JSON; sealed ones named but not shown.

    So are those that MODEL lists as ``private_fields``: what cannot be erased must not tell of
    health or need (security §2.2). A name that is no field of MODEL (such as the marks of an
    activity) holds JSON already. From one kind of nothing to another is no change.
    """
    hidden: frozenset[str] = getattr(model, "private_fields", frozenset())
    fields = {field.name: field for field in model._meta.concrete_fields}
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name, value in after.items():
        if before.get(name) == value or (before.get(name) in NOTHING and value in NOTHING):
            continue
        if name in hidden or isinstance(fields.get(name), SealedTextField):
            old[name] = new[name] = CHANGED
        elif name in fields:
            old[name], new[name] = _plain(before.get(name)), _plain(value)
        else:
            old[name], new[name] = before.get(name), value
    return old, new


def record(
    *,
    by: "User | None",
    act: str,
    instance: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    area_path: str = "",
    label: str = "",
    note: str = "",
) -> AuditEvent:
    """Append one act. BEFORE and AFTER are snapshots; only what differs is kept.

    NOTE keeps no long number, and as much as there is room for.
    ``area_path`` places the act in a territory, so that the bureau there can read it.
    Raises TypeError for a name in BEFORE or AFTER that no reader would understand: it is a column
    of INSTANCE, one of the ``trail_words`` of its model, or a Chinese word itself.
    """
    old, new = before or {}, after or {}
    if instance is not None and after is not None:
        old, new = difference(type(instance), before or {}, after)
    _require_words(instance, {*old, *new})
    return AuditEvent.objects.create(
        by=by,
        by_name=str(by) if by else "系统",
        ip=client_ip.get(),
        act=act,
        object_type=instance._meta.label_lower if instance is not None else "",
        object_id=str(instance.pk) if instance is not None else "",
        object_label=(label or (str(instance) if instance is not None else ""))[:100],
        area_path=area_path or getattr(instance, "area_path", "") or "",
        before=old,
        after=new,
        # Whoever types a reason may quote a number, and from here nothing is ever erased.
        note=kept_reason(note)[:_NOTE],
    )


def openings_of(instance: models.Model, *, since: dt.datetime) -> "models.QuerySet[AuditEvent]":
    """Return who opened sealed fields of INSTANCE since a moment, newest first (domain §6.12).

    For the person that INSTANCE is about: the rest of the trail is not his to read.
    """
    return acts_on(instance, [REVEALED], since=since)


def viewings_of(user: "User") -> "models.QuerySet[AuditEvent]":
    """Return who viewed pages in USER's name within what is looked back at, newest first; for himself."""
    return acts_on(user, [VIEWED_AS], since=timezone.now() - LOOKED_BACK)


def looks_at(instance: models.Model, user: "User") -> tuple[list[AuditEvent], list[AuditEvent]]:
    """Return the openings of INSTANCE and the viewings of USER, who it is about, both of twelve months; one query."""
    openings: list[AuditEvent] = []
    viewings: list[AuditEvent] = []
    since = timezone.now() - LOOKED_BACK
    for event in openings_of(instance, since=since) | viewings_of(user):
        (openings if event.act == REVEALED else viewings).append(event)
    return openings, viewings


def acts_on(
    instance: models.Model, acts: Iterable[str], *, since: dt.datetime
) -> "models.QuerySet[AuditEvent]":
    """Return the named ACTS on INSTANCE since a moment, newest first.

    The caller has made sure that the reader may know of these acts on this row.
    """
    return trail_of(instance, instance.pk).filter(act__in=list(acts), at__gte=since)


def changes_of(instance: models.Model, *, since: dt.datetime) -> "models.QuerySet[AuditEvent]":
    """Return the acts that changed columns of INSTANCE since a moment, newest first.

    For the person that INSTANCE is about, as ``openings_of``.
    """
    return trail_of(instance, instance.pk).filter(at__gte=since).exclude(after={})


def acts_on_some(
    model: type[models.Model], keys: Iterable[int], acts: Iterable[str], *, since: dt.datetime
) -> "models.QuerySet[AuditEvent]":
    """Return the named ACTS on rows of MODEL, by KEYS, since a moment; the caller as of ``acts_on``."""
    rows = AuditEvent.objects.filter(
        object_type=model._meta.label_lower, object_id__in=[str(key) for key in keys]
    )
    return rows.filter(act__in=list(acts), at__gte=since)


def acted_on(
    model: type[models.Model], keys: Iterable[int], act: str, *, since: dt.datetime
) -> set[int]:
    """Return those of KEYS, of rows of MODEL, on which there was an ACT since a moment; one query."""
    found = acts_on_some(model, keys, [act], since=since)
    return set(map(int, found.values_list("object_id", flat=True)))


def names_in(events: Iterable[AuditEvent], user: "User") -> dict[tuple[Any, str], str]:
    """Name by model and key the rows that EVENTS changed from or to, as far as USER may see them.

    A query a model.
    """
    asked: dict[tuple[Any, str], set[Any]] = defaultdict(set)
    for event in events:
        for name, field in fields_of(event).items():
            if field.remote_field:
                key = field.remote_field.field_name  # basic tables are pointed to by their own keys
                asked[field.related_model, key] |= {event.before.get(name), event.after.get(name)}
    found: dict[tuple[Any, str], str] = {}
    for (model, key), values in asked.items():
        if wanted := values - {None, ""}:
            rows = model._default_manager.filter(**{f"{key}__in": wanted})
            seen = rows.visible_to(user) if isinstance(rows, ScopedQuerySet) else rows
            found |= {(model, str(getattr(row, key))): str(row) for row in seen}
    return found


def fields_of(event: AuditEvent) -> dict[str, Any]:
    """Return the columns of what EVENT was done to by name; none where there is no such thing any more."""
    return {each.name: each for each in event.model._meta.concrete_fields} if event.model else {}


def latest_on(instance: models.Model) -> AuditEvent | None:
    """Return the last act on INSTANCE: who was quicker, for a form that met a newer row."""
    return trail_of(instance, instance.pk).first()


def trail_of(noun: models.Model | type[models.Model], key: object) -> AuditEventQuerySet:
    """Return all that was done to the row of NOUN with this KEY, newest first."""
    return AuditEvent.objects.filter(object_type=noun._meta.label_lower, object_id=str(key))


def _require_words(instance: models.Model | None, names: set[str]) -> None:
    columns = instance._meta.concrete_fields if instance is not None else ()
    understood = {field.name for field in columns} | set(getattr(instance, "trail_words", ()))
    if wordless := sorted(name for name in names - understood if name.isascii()):
        raise TypeError(f"No trail_words for {', '.join(wordless)} of {type(instance).__name__}.")


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None | list | dict) else str(value)
