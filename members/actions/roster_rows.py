"""Deciding about single rows of a checked roster; nothing is written before it is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.long_numbers import hide_personal_numbers, kept_reason
from core.models import User
from core.text import clean
from members.actions.roster import gripped
from members.enums import LINK_KINDS, RosterRowState, RosterState, RowDecision
from members.models import RosterBatch, RosterRow
from members.roster import octobers
from members.roster.columns import LINKS
from members.roster.decisions import CHANGING, OPEN_TO, VERBS
from members.roster.reporting import decided_rows, layout_of
from members.roster.staging import staged_fields

_STALE = "第{row}行已经不能这样选。请重新打开这一页再选。"
_MEANWHILE = "第{row}行刚刚有人选了“{label}”。请看一看，再按一次，就以您选的为准。"
# A letter's number is long by itself: only what looks like a person's is hidden in it.
_DOCUMENT = "moved_document"
_OCTOBERS = "octobers"


@dataclass(frozen=True)
class Answer:
    """What was decided about one row: a ``RowDecision``, or "" to leave it open.

    FIELDS of the roster are taken with TAKE, SAME, NUMBER; KIND is a LINK's; REASON a NUMBER's.
    SEEN is the ``mark`` of what the page showed when it was answered; None where there was no page.
    """

    row: int
    decision: str
    fields: tuple[str, ...] = ()
    kind: str = ""
    reason: str = ""
    seen: str | None = None


Decided = tuple[str | None, str | None, str | None]


@transaction.atomic
def decide_rows(*, by: User, batch: RosterBatch, answers: Sequence[Answer]) -> RosterBatch:
    """Keep what BY decided about single rows of BATCH; ValidationError keeps none of it.

    What BY left as it was shown stays as it is kept by now; what somebody else decided meanwhile is
    said before it is changed. PermissionDenied: a transfer or a managing link by who may make none.
    """
    batch = gripped(by, batch, RosterState.READY)
    staged = RosterRow.objects.filter(batch=batch, row__in=[answer.row for answer in answers])
    rows = {row.row: row for row in staged.only("batch", *_ASKED, *_DECIDED)}
    known = frozenset({*staged_fields(layout_of(batch)), LINKS})
    changed = [answer.row for answer in answers if _decide(by, rows.get(answer.row), answer, known)]
    if not changed:
        return batch
    RosterRow.objects.bulk_update([rows[number] for number in changed], _DECIDED)
    return _recounted(batch)


@transaction.atomic
def keep_choices(*, by: User, batch: RosterBatch, said: Mapping[str, str]) -> RosterBatch:
    """Keep what was ticked and typed for BATCH as a whole, by field, until it is confirmed."""
    batch = gripped(by, batch, RosterState.READY)
    batch.answers = {name: _kept_choice(name, value) for name, value in said.items()}
    batch.save(update_fields=["answers"])
    return batch


@transaction.atomic
def decide_elsewhere(*, by: User, batch: RosterBatch, decision: str, kind: str = "") -> RosterBatch:
    """Decide alike about every row of BATCH whose member is in another branch."""
    batch = gripped(by, batch, RosterState.READY)
    if decision not in OPEN_TO[RosterRowState.ELSEWHERE]:
        raise ValidationError("请选一种办法。")
    _require_verb(by, decision)
    detail = _link_kind(kind) if decision == RowDecision.LINK else None
    rows = RosterRow.objects.filter(batch=batch, state=RosterRowState.ELSEWHERE)
    rows.update(decision=decision, detail=detail, reason=None)
    return _recounted(batch)


_ASKED = ("row", "state", "member_id", "id_number_index")  # what tells how a row can be decided
_DECIDED = ("decision", "detail", "reason")


def mark(row: RosterRow) -> str:
    """Return what is kept about ROW as one text, for a page to say what it showed."""
    return _mark(_of(row))


def _mark(decided: Decided) -> str:
    return "|".join(part or "" for part in decided)


def _of(row: RosterRow) -> Decided:
    return row.decision, row.detail, row.reason


def _label(row: RosterRow) -> str:
    return RowDecision(row.decision).label if row.decision else "还没决定"


def _kept_choice(name: str, value: str) -> str:
    if name == _OCTOBERS:  # cut, other rows would be read anew than were meant
        return clean(value)[: octobers.LONGEST]
    kept = hide_personal_numbers(clean(value)) if name == _DOCUMENT else kept_reason(value)
    return kept[:100]


def open_to(row: RosterRow) -> list[RowDecision]:
    """Return how ROW can be decided; who looks like no single member changes none, but may be left out.

    A row without a number has none that could be right.
    """
    shut = set(CHANGING) if row.member_id is None else {RowDecision.OMIT}
    staged: Any = row  # whose columns are made after the member's
    if not staged.id_number_index:
        shut.add(RowDecision.NUMBER)
    return [each for each in OPEN_TO.get(row.state, ()) if each not in shut]


def _is_open(row: RosterRow, decision: str) -> bool:
    options = open_to(row)
    return decision in options or (not decision and bool(options))


def _decide(by: User, row: RosterRow | None, answer: Answer, known: frozenset[str]) -> bool:
    """Set on ROW what BY answered; return whether it changes."""
    if row is None or not _is_open(row, answer.decision):
        raise ValidationError(_STALE.format(row=answer.row))
    decided = _kept(answer, known)
    if decided == _of(row) or answer.seen == _mark(decided):
        return False
    if answer.seen not in (None, mark(row)):
        raise ValidationError(_MEANWHILE.format(row=row.row, label=_label(row)))
    _require_verb(by, answer.decision)
    row.decision, row.detail, row.reason = decided
    return True


def _kept(answer: Answer, known: frozenset[str]) -> Decided:
    """Return decision, detail and reason as the row keeps them."""
    decision, reason = answer.decision or None, None
    if decision == RowDecision.LINK:
        return decision, _link_kind(answer.kind), None
    if decision not in CHANGING:
        return decision, None, None
    if decision == RowDecision.NUMBER:
        reason = kept_reason(answer.reason)[:100]
        if not reason:
            raise ValidationError(f"第{answer.row}行要改登记的证件号码，请写明原因。")
    fields = [name for name in answer.fields if name in known]
    if decision == RowDecision.TAKE and not fields:
        decision = RowDecision.KEEP
    return decision, ",".join(fields), reason


def _link_kind(kind: str) -> str:
    if kind not in LINK_KINDS:
        raise ValidationError("请选活动关系的类别。")
    return kind


def _require_verb(by: User, decision: str) -> None:
    verb = VERBS.get(decision)
    if verb and not by.has_perm(verb):
        raise PermissionDenied("您没有办理这一项的权限。请联系上级老干部局。")


def _recounted(batch: RosterBatch) -> RosterBatch:
    kept = {key: number for key, number in batch.counts.items() if ":" not in key}
    batch.counts = kept | decided_rows(batch)
    batch.save(update_fields=["counts"])
    return batch
