"""Comparing judged rows with the register: new, same, different, somebody else's.

Known people are found by the digest of their number, one query a chunk, as stored: sealed columns
are opened only where the file has a value and no digest answers for it.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from core import crypto
from core.enums import Verb
from core.models import User
from core.scope import Reach
from members.enums import OnDuplicate, RosterRowState
from members.roster import consents
from members.roster.alike import Likeness
from members.roster.columns import BRANCH_FIELDS, BY_FIELD, COMPARED, LINKS, Layout, labels
from members.roster.decisions import KNOWN
from members.roster.findings import finding
from members.roster.links import LinkPlan
from members.roster.lookups import Places
from members.roster.merging import JUDGED, new_faults
from members.roster.register import (
    COLUMNS,
    DATES,
    SEALED,
    Digests,
    Stored,
    read_members,
)
from members.roster.telephones import Telephones
from members.roster.validation import Judged
from members.rules.checks import PHONES
from members.rules.consents import judged_by
from members.rules.parameters import CheckParameters
from members.rules.problems import problem

# Read for every known person, whatever columns the file has.
_ALWAYS = (
    "id",
    "version",
    "id_number_index",
    "phone_index",
    "branch_id",
    "area_path",
    "deceased_on",
    "month_only",
)
_SAME_PERSON = BRANCH_FIELDS | COMPARED | {"id_number", LINKS}
# Plain texts, as all states of rows: pipes and drivers take an enum's member apart each time.
_NEW, _REJECTED = RosterRowState.NEW.value, RosterRowState.REJECTED.value
_ELSEWHERE = RosterRowState.ELSEWHERE.value
_STATES = {
    (False, False): RosterRowState.SAME.value,
    (True, False): RosterRowState.FILLS.value,
    (False, True): RosterRowState.DIFFERS.value,
    (True, True): RosterRowState.MIXED.value,
}


class Comparison(NamedTuple):
    """How one field of the file is compared: the stored column, and what tells the two apart."""

    field: str
    column: str
    differs: Callable[[Any, Any], bool]
    is_date: bool


class Matcher:
    """Finds the known people of a chunk and says how each row stands to the register.

    CHOICE (``OnDuplicate``): under ASK people who differ get a finding that says in what.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        places: Places,
        user: User,
        choice: str,
        digests: Digests,
        parameters: CheckParameters,
        today: dt.date,
    ) -> None:
        self._places = places
        self._parameters = parameters
        self._today = today
        self._likeness = Likeness()
        has_phones = not set(PHONES).isdisjoint(layout.fields)
        self._telephones = Telephones(user, places=places, digests=digests) if has_phones else None
        self._digests = digests
        self._reach = user.standing.reach_for(Verb.EDIT)
        self._asks = choice == OnDuplicate.ASK
        fields = [name for name in layout.fields if name and name not in _SAME_PERSON]
        # A cell's second number may have gone there.
        if "phone" in fields and "phone2" not in fields:
            fields.append("phone2")
        self._consents = judged_by(fields)
        self._where_agreed = consents.where_told(layout)
        self._comparisons = [_comparison(name, digests) for name in fields]
        columns = (
            *_ALWAYS,
            *self._consents,
            *(comparison.column for comparison in self._comparisons),
        )
        self._columns = tuple(dict.fromkeys(columns))
        self._links = LinkPlan(layout, places=places, user=user) if LINKS in layout.fields else None

    def match(self, rows: Sequence[Judged], unknown: Collection[str] | None = ()) -> None:
        """Set the state of ROWS, of known people the member and the changes.

        UNKNOWN are digests that nobody on the register has, None: any, as ``familiar`` found just now.
        """
        digests = {} if unknown is None else self._digests_of(rows)
        asked = [digest for digest in digests.values() if digest not in (unknown or ())]
        known = {
            stored["id_number_index"]: stored
            for stored in read_members(self._columns, "id_number_index", asked)
        }
        if self._links:
            self._links.plan(
                rows, {row: known[d]["id"] for row, d in digests.items() if d in known}
            )
        newcomers, changing = [], []
        for judged in rows:
            digest = digests.get(judged.row)
            if digest in known:
                self._compare(judged, known[digest])
                if judged.state in KNOWN:
                    changing.append(judged)
            elif not judged.is_refused:
                judged.state = _NEW
                if (
                    judged.links and not judged.values["id_number"]
                ):  # nothing finds whom the row makes
                    judged.links = ()
                    judged.problems.append(finding("LINK_NUMBERLESS", LINKS))
                if self._consents:
                    consents.settle(judged, {}, where=self._where_agreed)
                newcomers.append(judged)
            if judged.is_refused:
                judged.state = _REJECTED
        self._likeness.question(newcomers)
        if self._telephones:
            self._telephones.question(newcomers, changing)
        self._judge_merged(changing)

    def _judge_merged(self, changing: Sequence[Judged]) -> None:
        """Warn of rows that are sound by themselves, but not together with what is registered."""
        keys = [judged.member_id for judged in changing]
        stored = {row["id"]: row for row in read_members(("id", *JUDGED), "id", keys)}
        for judged in changing:
            before = {**stored[judged.member_id or 0], "id_number": judged.values["id_number"]}
            faults = new_faults(
                before, before | judged.changes, today=self._today, parameters=self._parameters
            )
            judged.problems += [
                finding("MERGED", fault.field, message=fault.message) for fault in faults
            ]

    def _digests_of(self, rows: Sequence[Judged]) -> dict[int, str]:
        return {judged.row: digest for judged in rows if (digest := self._digest(judged))}

    def _digest(self, judged: Judged) -> str | None:
        """Return the digest by which the register knows the person; None without a sound number."""
        number = judged.values.get("id_number")
        if not number or (judged.problems and _is_unsound(judged)):
            return None
        return self._digests.id_number(number)

    def _compare(self, judged: Judged, known: Stored) -> None:
        if not self._is_in_reach(known):
            judged.problems.append(problem("ID_ELSEWHERE"))
        elif known["deceased_on"]:
            judged.problems.append(finding("DECEASED", "id_number"))
        elif not judged.is_refused:
            judged.member_id, judged.version = known["id"], known["version"]
            if self._consents:
                consents.settle(judged, known, where=self._where_agreed)
            judged.state = self._state(judged, known)
            fields = [name for name in judged.changes if name in BY_FIELD]
            fields += [LINKS] if judged.links else []
            if fields and self._asks and judged.state != _ELSEWHERE:
                judged.problems.append(finding("DIFFERS", fields[0], fields=labels(fields)))

    def _is_in_reach(self, known: Stored) -> bool:
        """Whether the user may change the member; who left is his last territory's, as ``editable_by``."""
        if known["branch_id"] is not None:
            return known["branch_id"] in self._places.names
        return self._reach.covers(Reach(area_paths=(known["area_path"],)))

    def _state(self, judged: Judged, known: Stored) -> str:
        home = known["branch_id"]
        if judged.values["branch"] != home:
            judged.problems.append(
                finding("NO_BRANCH", "branch")
                if home is None
                else finding("OTHER_BRANCH", "branch", branch=self._places.names[home])
            )
            left = [*self._differing(judged, known), *([LINKS] if judged.links else [])]
            if left:
                judged.problems.append(finding("ELSEWHERE_LEFT", left[0], fields=labels(left)))
            judged.changes["branch"] = judged.values["branch"]
            judged.links = ()
            return _ELSEWHERE
        apart = self._differing(judged, known)
        judged.changes |= {name: judged.values[name] for name in apart}
        fills = bool(judged.links) or any(apart.values())
        differs = not all(apart.values())
        if judged.changes and judged.values.get("month_only"):
            judged.changes["month_only"] = judged.values["month_only"]
        return _STATES[fills, differs]

    def _differing(self, judged: Judged, known: Stored) -> dict[str, bool]:
        """Return the fields in which the row is not as the register; of each whether it only fills."""
        apart = {}
        for comparison in self._comparisons:
            if comparison.field not in judged.given:
                continue
            value, old = judged.values[comparison.field], known[comparison.column]
            if value == old:
                continue
            if not old or (comparison.is_date and _is_preciser(judged, known, comparison.field)):
                apart[comparison.field] = True
            elif comparison.differs(value, old) and not _is_vaguer(judged, old, comparison):
                apart[comparison.field] = False
        return apart


def _is_unsound(judged: Judged) -> bool:
    return any(found.field == "id_number" and found.severity == "E" for found in judged.problems)


def _comparison(name: str, digests: Digests) -> Comparison:
    if name == "phone":
        return Comparison(name, "phone_index", _differs_from_digest(digests), False)
    differs = _differs_from_sealed(SEALED[name]) if name in SEALED else _differs
    return Comparison(name, COLUMNS[name], differs, name in DATES)


def _differs(value: Any, old: Any) -> bool:
    return bool(value != old)


def _differs_from_digest(digests: Digests) -> Callable[[str, str], bool]:
    return lambda value, old: digests.phone(value) != old


def _differs_from_sealed(context: str) -> Callable[[str, str], bool]:
    def differs(value: str, old: str) -> bool:
        try:
            return crypto.unseal(old, context) != value
        except crypto.Unreadable:
            return True

    return differs


def _is_preciser(judged: Judged, known: Stored, name: str) -> bool:
    """Whether the register knows only the month, and the file the day of that month."""
    value, old = judged.values[name], known[name]
    listed = (known["month_only"] or "").split(",")
    return name in listed and name not in _month_only(judged) and _same_month(value, old)


def _is_vaguer(judged: Judged, old: Any, comparison: Comparison) -> bool:
    """Whether the file gives only the month of the day that the register has."""
    if not comparison.is_date or comparison.field not in _month_only(judged):
        return False
    return _same_month(judged.values[comparison.field], old)


def _month_only(judged: Judged) -> list[str]:
    return (judged.values.get("month_only") or "").split(",")


def _same_month(one: dt.date, other: dt.date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
