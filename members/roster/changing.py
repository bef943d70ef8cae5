"""Changing known members as their rows, the file's choice and single decisions say.

One by one under lock; what was before goes into the chunk's record.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from core import audit, bulk, crypto
from core.models import User
from members.actions.member import follow_phone, has_post
from members.enums import MemberKind, OnDuplicate, RosterRowState, RowDecision
from members.models import Member, RosterBatch, RosterChange, RosterRow
from members.models.roster import IMPORTED_FIELDS
from members.roster.decisions import changing
from members.roster.findings import finding
from members.roster.merging import NEEDED, merge, new_faults, of_decision
from members.roster.register import COLUMNS, SEALED, TABLE, Stored, read_members
from members.rules import consents
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem

_FIELDS = {COLUMNS[name]: name for name in IMPORTED_FIELDS}
# A member, his columns before, his version after.
Before = tuple[int, dict[str, Any], int]
Update = tuple[int, dict[str, Any]]


class Changer:
    """Changes the known members of one batch. FIELDS are those its rows were staged with."""

    def __init__(
        self,
        batch: RosterBatch,
        fields: Sequence[str],
        homes: Collection[int],
        *,
        by: User,
        parameters: CheckParameters,
    ) -> None:
        self._batch = batch
        self._fields = fields
        self._homes = homes
        self._by = by
        self._parameters = parameters

    def change(self, first: int, last: int) -> list[Before]:
        """Write what the rows FIRST to LAST change; return what was before.

        A row that no longer fits is held, with why.
        """
        fields = ("row", "member_id", "version", "decision", "detail", "reason", *self._fields)
        rows = RosterRow.objects.filter(batch=self._batch, row__gte=first, row__lte=last)
        staged = list(rows.filter(changing(self._batch.on_duplicate)).values(*fields))
        if not staged:
            return []
        needed = [*NEEDED, *consents.judged_by(self._fields)]
        columns = dict.fromkeys([*needed, *(COLUMNS[name] for name in self._fields)])
        keys = [row["member_id"] for row in staged]
        current = {row["id"]: row for row in read_members(tuple(columns), "id", keys, lock=True)}
        changes, updates = [], []
        for row in staged:
            stored = current.get(row["member_id"])
            written = self._merged(row, stored) if stored else {}
            if fault := self._fault(row, stored, written):
                mark(rows.filter(row=row["row"]), fault, state=RosterRowState.HELD)
            elif stored and written:
                updates.append((stored["id"], written))
                before = {name: stored.get(name) for name in written}
                changes.append((stored["id"], before, stored["version"] + 1))
                self._record_number(row)
        write_columns(updates)
        self._tell(updates)
        phones = {pk: before["phone"] for pk, before, _ in changes if "phone" in before}
        follow_phones({pk: opened("phone", phone) for pk, phone in phones.items()})
        return changes

    def _merged(self, row: dict[str, Any], stored: Stored) -> dict[str, Any]:
        """Return the columns to write of one member, by his row's decision or the file's choice."""
        values = {name: row[name] for name in self._fields}
        if not row["decision"]:
            return merge(values, stored, self._batch.on_duplicate, self._parameters)
        taken = of_decision(values, row["decision"], row["detail"] or "")
        return merge(taken, stored, OnDuplicate.OVERWRITE, self._parameters)

    def _fault(
        self, row: dict[str, Any], stored: Stored | None, written: dict[str, Any]
    ) -> Problem | None:
        """Return why a member is left as he is: not what was checked, or wrong as a whole.

        None is STORED of who was taken out again with the roster that had brought him in.
        """
        if stored is None:
            return finding("EDITED_MEANWHILE", "name")
        if stored["branch_id"] not in self._homes or stored["deceased_on"]:
            return problem_of_lost_branch()
        if stored["version"] != row["version"]:
            return finding("EDITED_MEANWHILE", "name")
        if not written:
            return None
        digest = written.get("id_number_index")
        if digest and Member.objects.filter(id_number_index=digest).exists():
            return finding("TAKEN_MEANWHILE", "id_number")
        found = self._faults_as_a_whole(stored, written)
        return (
            finding("MERGED_REFUSED", found[0].field, message=found[0].message) if found else None
        )

    def _faults_as_a_whole(self, stored: Stored, written: dict[str, Any]) -> list[Problem]:
        before = {**stored, "id_number": opened("id_number", stored["id_number"])}
        after = {**before, **written}
        if "id_number" in written:
            after["id_number"] = opened("id_number", written["id_number"])
        if after["member_kind"] == MemberKind.PROBATIONARY:
            after["has_post"] = has_post(stored["user_id"])
        today = timezone.localdate()
        return new_faults(before, after, today=today, parameters=self._parameters)

    def _tell(self, updates: Sequence[Update]) -> None:
        """Keep for each member that this roster changed him, and where."""
        told = [
            (self._batch.pk, pk, ",".join(_FIELDS[name] for name in written if name in _FIELDS))
            for pk, written in updates
        ]
        bulk.append(RosterChange, ("batch_id", "member_id", "fields"), told)

    def _record_number(self, row: dict[str, Any]) -> None:
        """Put on record that somebody's number was changed, and why; the rest is the batch's."""
        if row["decision"] == RowDecision.NUMBER:
            member = Member.objects.get(pk=row["member_id"])
            audit.record(
                by=self._by,
                act="按名册更正证件号码",
                instance=member,
                before={"id_number": "登记的"},
                after={"id_number": "名册的"},
                note=row["reason"] or "",
            )


def problem_of_lost_branch() -> Problem:
    """Return the finding for a branch that went out of the user's scope after the check."""
    return finding("NO_LONGER_YOURS", "branch")


def mark(
    rows: models.QuerySet[RosterRow],
    fault: Problem,
    *,
    state: RosterRowState = RosterRowState.REJECTED,
) -> int:
    """Leave ROWS out of the writing, with the reason; return how many."""
    problems = json.dumps([fault], ensure_ascii=False)
    return rows.update(state=state, decision=None, problems=problems)


def write_columns(updates: Sequence[Update]) -> None:
    """Write each member's columns; members with the same set of columns share one statement."""
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    now = timezone.now()
    for pk, values in updates:
        by_columns[tuple(values)].append((*values.values(), now, pk))
    with connection.cursor() as cursor:
        for columns, rows in by_columns.items():
            sets = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
            cursor.executemany(
                f"UPDATE {TABLE} SET {sets}, version = version + 1, updated_at = %s WHERE id = %s",  # noqa: S608 -- our own names
                rows,
            )


def follow_phones(old: Mapping[int, str]) -> None:
    """Let the accounts of members whose telephones were OLD, by key, sign in by those written."""
    for member in Member.objects.filter(pk__in=old, user__isnull=False).select_related("user"):
        follow_phone(member, old[member.pk])


def packed(changes: Sequence[Before]) -> str:
    """Return what members had before, as compressed JSON in base64; the field seals it.

    Sealed values are opened first, so that a change of keys reaches them with the field itself.
    """
    return packed_json(
        [
            (pk, {name: opened(name, value) for name, value in before.items()}, version)
            for pk, before, version in changes
        ]
    )


def packed_json(rows: Sequence[Any]) -> str:
    """Return ROWS as compressed JSON in base64, days as text; "" for none."""
    if not rows:
        return ""
    text = json.dumps(rows, ensure_ascii=False, default=str)
    return b64encode(zlib.compress(text.encode())).decode()


def unpacked(text: str) -> list[Any]:
    """Return the rows of ``packed_json`` as JSON gives them."""
    return json.loads(zlib.decompress(b64decode(text))) if text else []


def opened(column: str, value: Any) -> Any:
    """Return the plain VALUE of a stored column; as it is where no key opens it."""
    if not value or column not in SEALED:  # a sealed field's column has the field's name
        return value
    try:
        return crypto.unseal(value, SEALED[column])
    except crypto.Unreadable:
        return value  # still sealed: whoever has the key again can read it
