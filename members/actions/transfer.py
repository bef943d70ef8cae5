"""Whole-batch transfers: the list comes in, members are received or sent back (SYS-15).

Until a member is received nothing of him changes: the issuing branch keeps him (domain R-TR-05).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches import paths, trees
from branches.models import Branch
from branches.refusal import FileRefused, Problem
from core import audit, bulk
from core.dates import words
from core.long_numbers import hide_personal_numbers, kept_reason
from core.models import User
from core.spreadsheets import Row
from members.actions import grip, on_the_way
from members.actions.moving import Move, move
from members.actions.sheet_record import Look, SheetImport, on_record
from members.enums import TransferState
from members.homes import Homes, hold
from members.models import Member, Transfer, TransferBatch
from members.rules import transfer as rules
from members.rules.affiliation import check_move
from members.rules.transfer import Letter
from members.sheets import people
from members.sheets.preview import SheetRow
from members.sheets.receipts import ON, Arrived, ReceiptSheet
from members.sheets.transfers import NewTransfer, TransferSheet

VERB = "members.transfer_member"
_COLUMNS = (
    *("batch_id", "member_id", "from_branch_id", "to_branch_id", "letter_no", "issued_on"),
    *("valid_days", "due_on", "dues_paid_to", "moves_on", "state", "reason"),
)
_SHOWN = 10
_NOT_YOURS = "这位同志的转入党支部不在您的管理范围内。"


@dataclass(frozen=True)
class HandOver:
    """What stands in the agreement: who hands over, by which document, on what day, how many."""

    unit: str
    agreement: str
    handed_over_on: dt.date
    handed_over: int
    venue_support: str = ""
    fund_support: str = ""


class Received(NamedTuple):
    """Who was received, and why the others could not be."""

    number: int
    left: list[tuple[Transfer, str]]

    def sentence(self) -> str:
        """Say it, the first of those left by name."""
        said = f"已接收{self.number:,}人。"
        if not self.left:
            return said
        named = "；".join(f"{each.member}：{why}" for each, why in self.left[:_SHOWN])
        more = "等" if len(self.left) > _SHOWN else ""
        return f"{said}另有{len(self.left):,}人没有接收，仍在途（{named}{more}）"


@on_record
def import_transfers(
    *, by: User, rows: Sequence[Row], agreed: HandOver, letter: Letter, look: Look | None = None
) -> SheetImport:
    """Put on the way whom ROWS of a sheet name, all of one batch; who is in it already stays.

    A batch is known by its unit and agreement: a second sheet adds to it. LETTER is that of rows
    that name none. Everybody and both branches must be the actor's. Raises FileRefused with every
    fault; then nothing is written. ``counts``: rows, created, unchanged, listed, handed_over.
    """
    require_verb(by)
    agreed = replace(agreed, agreement=hide_personal_numbers(agreed.agreement))
    with transaction.atomic():
        batch = _batch_of(by, agreed)
        sheet = TransferSheet(rows, by, letter=letter, batch=batch, hold=look is None)
        listed, said = _reconciled(batch, sheet, agreed.handed_over)
        if listed > agreed.handed_over:
            sheet.problems.append(Problem(0, "", "too_many", said))
        if sheet.problems:
            raise FileRefused(sheet.problems, names=people.names_in(sheet.lines))
        if sheet.new and look is None:
            _begin(by, batch, agreed, sheet)
    counts = {"rows": len(sheet.lines), "created": len(sheet.new), "unchanged": sheet.unchanged}
    numbers = {"listed": listed, "handed_over": agreed.handed_over}
    notes = [Problem(0, "", "reconciled", said), *sheet.notes]
    return SheetImport(counts | numbers, notes, sheet.told)


def receive_transfers(
    *,
    by: User,
    transfers: "QuerySet[Transfer]",
    on: dt.date | None = None,
    receipt_on: dt.date | None = None,
) -> Received:
    """Receive those of TRANSFERS that are on the way and BY may receive; history is kept.

    ON is the day from which the new branch is their home; None: each one's own day on the list.
    Who cannot be received stays on the way, with the reason in the answer. ValidationError: the
    receipt would go back before a letter was issued or somebody was received, or after today.
    """
    require_verb(by)
    with transaction.atomic():
        held = _held(by, transfers)
        ways = _ways({each: on or each.moves_on for each in held})
        if receipt_on:
            _check_slip(receipt_on, {each: one.on for each, one in ways.moves.items()})
        _carry_out(by, ways, receipt_on=receipt_on)
    return Received(len(ways.moves), ways.left)


@on_record
def receive_sheet(
    *, by: User, batch: TransferBatch, rows: Sequence[Row], look: Look | None = None
) -> SheetImport:
    """Receive whom ROWS of a sheet name; who was received before stays. All or nothing.

    A row without a day is received on the day of the list. FileRefused: somebody is not on the way
    in BATCH, or cannot be received. ``counts``: rows, received, unchanged.
    """
    require_verb(by)
    with transaction.atomic():
        sheet = ReceiptSheet(rows, by, batch=batch)
        ours = Transfer.objects.filter(batch=batch)
        held = _held(by, ours, members=[one.member for one in sheet.wanted])
        waiting = {each.member_id: each for each in held}
        arrived = [one for one in sheet.wanted if one.member in waiting]
        problems = list(sheet.problems)
        problems += [
            Problem(one.row, people.NAME, "not_yours", _NOT_YOURS)
            for one in sheet.wanted
            if one.member not in waiting
        ]
        lines = {one.member: one.row for one in arrived}
        ways = _ways({(each := waiting[one.member]): one.on or each.moves_on for one in arrived})
        problems += [Problem(lines[each.member_id], ON, "receipt", why) for each, why in ways.left]
        if problems:
            raise FileRefused(problems, names=people.names_in(sheet.lines))
        if look is None:
            _carry_out(by, ways, receipt_on=None)
    counts = {"rows": len(sheet.lines), "received": len(ways.moves), "unchanged": sheet.unchanged}
    return SheetImport(counts, _late(ways, arrived), [*sheet.told, *_told(ways, lines)])


def _late(ways: "_Ways", arrived: Sequence[Arrived]) -> list[Problem]:
    """Return whose letters were no longer good when they ARRIVED, by their rows."""
    rows, today = {one.member: one for one in arrived}, timezone.localdate()
    return [
        Problem(row.row, ON, "late", said)
        for each in ways.moves
        for row in [rows[each.member_id]]
        if (said := rules.late_words(each.due_on, row.on, today=today))
    ]


def _told(ways: "_Ways", lines: Mapping[int, int]) -> list[SheetRow]:
    """Return what the rows of those received come to; LINES are their rows by member."""
    return [
        SheetRow(
            lines[each.member_id], each.member_id, "接收", (str(each.to_branch), words(one.on))
        )
        for each, one in ways.moves.items()
    ]


def return_transfer(*, by: User, transfer: Transfer, on: dt.date, reason: str) -> Transfer:
    """Send a transfer back: the member stays with the branch that issued the letter."""
    require_verb(by)
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么退回。"})
    with transaction.atomic():
        held = _held(by, Transfer.objects.filter(pk=transfer.pk))
        if not held:
            raise ValidationError("这项转接已经办完，不用再办。")
        (transfer,) = held
        rules.check_return(on=on, issued_on=transfer.issued_on, today=timezone.localdate())
        on_the_way.send_back(by=by, transfer=transfer, on=on, reason=kept_reason(reason))
    return transfer


def record_receipts(*, by: User, transfers: Any, receipt_on: dt.date) -> int:
    """Record that the receipts went back of those of TRANSFERS (rows) that BY received and that have none; return how many.

    ValidationError: there are none, or a receipt cannot be of that day (R-TR-03).
    """
    require_verb(by)
    with transaction.atomic():
        ours = transfers.editable_by(by).without_receipt().order_by("pk")
        found = list(ours.select_related("member", "to_branch").select_for_update(of=("self",)))
        if not found:
            raise ValidationError("没有等着登记回执的转接，不用再办。")
        _check_slip(receipt_on, {each: each.received_on or each.moves_on for each in found})
        sent = receipt_on.isoformat()
        bulk.update(Transfer, ("receipt_on",), [(each.pk, sent) for each in found])
        _record(by, found, act="登记回执", what="回执寄回")
    return len(found)


def _check_slip(receipt_on: dt.date, received: Mapping[Transfer, dt.date]) -> None:
    """Ask whether one receipt goes back of all RECEIVED, each with his day; nobody is no fault."""
    if received:
        rules.check_receipt_slip(
            sent_on=receipt_on,
            issued_on=max(each.issued_on for each in received),
            received_on=max(received.values()),
            today=timezone.localdate(),
        )


def require_verb(by: User) -> None:
    """Raise PermissionDenied where BY does not carry out transfers."""
    if not by.has_perm(VERB):
        raise PermissionDenied("您没有转接组织关系的权限。请联系上级老干部局。")


def _batch_of(by: User, agreed: HandOver) -> TransferBatch | None:
    """Hold the batch of the agreement if there is one; ValidationError where the facts differ."""
    ours = TransferBatch.objects.editable_by(by).filter(undone_at=None)
    rows = ours.order_by("pk").select_for_update(of=("self",))
    batch = rows.filter(unit=agreed.unit, agreement=agreed.agreement).first()
    if batch is None:
        return None
    for field in ("handed_over_on", "handed_over"):
        if getattr(batch, field) != getattr(agreed, field):
            column: Any = TransferBatch._meta.get_field(field)
            message = f"“{batch}”登记过，{column.verbose_name}与这次填的不一样，请核对。"
            raise ValidationError({field: message})
    return batch


def _reconciled(
    batch: TransferBatch | None, sheet: TransferSheet, handed_over: int
) -> tuple[int, str]:
    """Return how many BATCH lists with those of SHEET, and how that stands to the agreement."""
    listed, sent_back = len(sheet.new), 0
    if batch is not None:
        listed += batch.transfers.listed().count()
        back: Any = batch.transfers.with_sent_back()
        gone = set(back.filter(is_sent_back=True).values_list("member", flat=True))
        sent_back = len(gone - {one.member for one in sheet.new})
    return listed, rules.reconciling_words(listed, handed_over, sent_back=sent_back)


def _begin(
    by: User, batch: TransferBatch | None, agreed: HandOver, sheet: TransferSheet
) -> TransferBatch:
    area_paths = sheet.area_paths()
    if batch is None:
        batch = TransferBatch(by=by, **asdict(agreed), area_path=paths.common(area_paths))
        batch.full_clean()
        try:
            with transaction.atomic():
                batch.save()
        except IntegrityError:
            raise ValidationError("这份协议刚刚登记过，请把名单再传一次，加到同一批里。") from None
    elif not all(path.startswith(batch.area_path) for path in area_paths):
        batch.area_path = paths.common([batch.area_path, *area_paths])
        batch.save(update_fields=["area_path"])
    bulk.append(Transfer, _COLUMNS, [_row(batch, one) for one in sheet.new])
    note = f"移交{agreed.handed_over}人，名单{len(sheet.new)}人"
    audit.record(by=by, act="登记整建制转接", instance=batch, note=note)
    return batch


def _row(batch: TransferBatch, one: NewTransfer) -> tuple[object, ...]:
    letter, dues = one.letter, one.dues_paid_to
    return (
        *(batch.pk, one.member, one.from_branch, one.to_branch),
        *(hide_personal_numbers(letter.number), letter.issued_on.isoformat(), letter.valid_days),
        *(letter.due_on.isoformat(), dues.isoformat() if dues else None),
        *(one.moves_on.isoformat(), TransferState.IN_TRANSIT.value, ""),
    )


def _held(by: User, transfers: Any, members: Sequence[int] | None = None) -> list[Transfer]:
    """Return what is on the way of TRANSFERS and BY's to receive, with branches and members held.

    MEMBERS: of these only.
    """
    ours = transfers.editable_by(by).on_the_way()
    wanted = [ours]
    if members is not None:
        wanted = [ours.filter(member__in=keys) for keys in bulk.parts(members)]
    facts = [
        fact for each in wanted for fact in each.values_list("pk", "to_branch_id", "member_id")
    ]
    trees.steady_branches(branch for _, branch, _ in facts)
    hold(member for _, _, member in facts)
    waiting = Transfer.objects.on_the_way().order_by("pk").select_for_update(of=("self",))
    rows: list[Transfer] = []
    people: dict[int, Member] = {}
    for keys in bulk.parts(sorted(pk for pk, _, _ in facts)):
        part = list(waiting.filter(pk__in=keys))
        # Not the whole of each member: thousands of sealed columns would be opened for nothing.
        some = Member.objects.only("name", "branch", "group", "area_path", "deceased_on")
        people |= some.in_bulk([each.member_id for each in part])
        rows += part
    branches = Branch.objects.select_related("kind").in_bulk({each.to_branch_id for each in rows})
    for each in rows:
        each.member, each.to_branch = people[each.member_id], branches[each.to_branch_id]
    return rows


class _Ways(NamedTuple):
    moves: dict[Transfer, Move]
    homes: Homes
    left: list[tuple[Transfer, str]]


def _ways(days: dict[Transfer, dt.date]) -> _Ways:
    """Return the moves that receiving comes to, by transfer, and why some cannot be received."""
    homes = Homes([each.member_id for each in days])
    moves: dict[Transfer, Move] = {}
    left: list[tuple[Transfer, str]] = []
    for each, on in days.items():
        try:
            _check(each, on, homes)
        except ValidationError as refused:
            left.append((each, "".join(refused.messages)))
        else:
            moves[each] = Move(each.member_id, each.to_branch_id, on, each.letter_no)
    return _Ways(moves, homes, left)


def _check(transfer: Transfer, on: dt.date, homes: Homes) -> None:
    member, home = transfer.member, homes.of(transfer.member_id)
    today = timezone.localdate()
    if member.branch_id != transfer.from_branch_id and member.deceased_on is None:
        raise ValidationError("这位同志已不隶属转出的党支部，请核对后退回。")
    rules.check_receipt(on=on, handed_over_on=transfer.moves_on, today=today)
    grip.check_standing(transfer.to_branch)
    check_move(
        on=on,
        today=today,
        document=transfer.letter_no,
        home_since=home.since,
        left_on=home.left_on,
        deceased=member.deceased_on is not None,
    )


def _carry_out(by: User, ways: _Ways, *, receipt_on: dt.date | None) -> None:
    if not ways.moves:
        return
    move(list(ways.moves.values()), ways.homes)
    receipt = receipt_on.isoformat() if receipt_on else None
    state = TransferState.RECEIVED.value
    bulk.update(
        Transfer,
        ("state", "received_on", "receipt_on", "settled_by_id", "from_group_id"),
        [
            (each.pk, state, one.on.isoformat(), receipt, by.pk, each.member.group_id)
            for each, one in ways.moves.items()
        ],
    )
    _record(by, ways.moves)


def _record(
    by: User, settled: Iterable[Transfer], *, act: str = on_the_way.RECEIVED, what: str = "接收"
) -> None:
    """Record one act for each batch; who was received, when and by whom stands on each transfer."""
    by_batch: dict[int, list[Transfer]] = defaultdict(list)
    for each in settled:
        by_batch[each.batch_id].append(each)
    batches = TransferBatch.objects.in_bulk(by_batch)
    for key, ours in by_batch.items():
        audit.record(
            by=by,
            act=act,
            instance=batches[key],
            note=f"{what}{len(ours)}人",
            area_path=paths.common(each.to_branch.area_path for each in ours),
            label=str(ours[0].member) if len(ours) == 1 else "",
        )
