"""Keeping the audit trail as it was written: the database refuses changes, seals prove there were none.

The triggers stop an application and a careless hand; who owns the database can drop them. Against him
the nightly seal: a digest keyed with the index key, which is not in the database, over every row and
the seal before.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from core import crypto
from core.models import AuditEvent, AuditSeal, BackgroundRun
from core.runs import Progress, RunFailed, nightly

ROWS_A_SEAL = 10_000
# A row is numbered when it is written and seen when its transaction ends; none lasts this long.
SETTLED = timedelta(minutes=15)
_CONTEXT = "core_auditseal.digest"
_FIELDS = tuple(field.attname for field in AuditEvent._meta.concrete_fields)

_GUARDS = {
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON core_auditevent
        BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only'); END""",
        """CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON core_auditevent
        BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only'); END""",
        # INSERT OR REPLACE removes the old row without asking the trigger above.
        """CREATE TRIGGER IF NOT EXISTS audit_no_replace BEFORE INSERT ON core_auditevent
        WHEN EXISTS (SELECT 1 FROM core_auditevent WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'The audit trail is append-only'; END $$""",
        """CREATE OR REPLACE FUNCTION audit_refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM core_auditevent) THEN
            RAISE EXCEPTION 'The audit trail is append-only';
          END IF;
          RETURN NULL;
        END $$""",
        """CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON core_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE OR REPLACE TRIGGER audit_no_emptying BEFORE TRUNCATE ON core_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_emptying()""",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Rows that are not as they were sealed."""

    first_id: int
    last_id: int
    what: str


def guard_trail(*, apps: Apps = current_apps, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Set the triggers that refuse changes. After every migrate: SQLite loses them with a rebuilt table."""
    try:
        apps.get_model("core", "AuditEvent")
    except LookupError:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _GUARDS[connection.vendor]:
            cursor.execute(statement)


def seal_trail(*, each: Callable[[], object] = lambda: None) -> int:
    """Seal the settled rows that are not sealed yet; return how many rows. EACH is called a seal."""
    sealed = 0
    while count := _seal_next():
        sealed += count
        each()
    return sealed


def verify_trail(*, each: Callable[[], object] = lambda: None) -> Iterator[Fault]:
    """Compare every sealed row with its seal; yield what does not fit. EACH is called a seal."""
    before: AuditSeal | None = None
    for seal in AuditSeal.objects.order_by("last_id").iterator():
        expected_first = before.last_id + 1 if before else seal.first_id
        if seal.first_id != expected_first:
            yield Fault(expected_first, seal.first_id - 1, "缺少封签")
        count, digest = _digest(seal.first_id, seal.last_id, before.digest if before else "")
        if count != seal.count:
            yield Fault(seal.first_id, seal.last_id, f"原有{seal.count}条，现有{count}条")
        elif digest != seal.digest:
            yield Fault(seal.first_id, seal.last_id, "内容与封存时不一致")
        before = seal
        each()


@nightly("nightly.seal_trail", name="封存并核对操作记录")
def seal_tonight(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Seal what is new and check everything sealed."""
    sealed = seal_trail(each=progress.beat)
    faults = [
        f"{fault.first_id}-{fault.last_id} {fault.what}"
        for fault in verify_trail(each=progress.beat)
    ]
    if faults:
        raise RunFailed(f"操作记录与封存时不一致：{'；'.join(faults[:3])}。请立即联系审计员。")
    return {"sealed": sealed}


@transaction.atomic
def _seal_next() -> int:
    # The lock on the last seal lets one process at a time continue the chain.
    last = AuditSeal.objects.select_for_update().order_by("-last_id").first()
    first_id = last.last_id + 1 if last else 1
    settled = AuditEvent.objects.filter(pk__gte=first_id, at__lt=timezone.now() - SETTLED)
    ids = list(settled.order_by("pk").values_list("pk", flat=True)[:ROWS_A_SEAL])
    if not ids:
        return 0
    count, digest = _digest(first_id, ids[-1], last.digest if last else "")
    AuditSeal.objects.create(first_id=first_id, last_id=ids[-1], count=count, digest=digest)
    return count


def _digest(first_id: int, last_id: int, before: str) -> tuple[int, str]:
    rows = AuditEvent.objects.filter(pk__range=(first_id, last_id)).order_by("pk")
    running, count = hashlib.sha256(before.encode()), 0
    for row in rows.values_list(*_FIELDS).iterator(chunk_size=2000):
        running.update(json.dumps(row, sort_keys=True, ensure_ascii=False, default=str).encode())
        count += 1
    return count, crypto.blind_index(running.hexdigest(), _CONTEXT)
