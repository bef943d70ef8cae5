"""A checked roster as its pages show it: tabs of rows, and of known people what would change.

What stands in the register is read when the page is made; the sealed is shown masked (domain §6.3).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from branches.models import Area, Branch
from core import crypto, dates, text
from core.codes import CodeBook
from core.display import masked, masked_in_place
from core.long_numbers import hide_long_numbers
from core.models import User
from members.codes import SEVERAL, unpack
from members.columns import CODED
from members.columns import SEALED as MASKS
from members.enums import AffiliationKind, RosterRowState, Severity
from members.models import Member, RosterBatch, RosterRow
from members.roster.answering import Question, Questions
from members.roster.columns import BY_FIELD, LINKS, Layout
from members.roster.decisions import ACTS, CHANGING, KNOWN
from members.roster.doubts import doubts_of, rows_with
from members.roster.register import COLUMNS, DATES, SEALED
from members.roster.reporting import Finding, findings_of, layout_of
from members.roster.staging import staged_fields
from members.rules import cells as cell_rules
from members.rules import names

PAGE = 50
PAGE_OF_QUESTIONS = 20
QUESTIONS = frozenset({"alike", "elsewhere", "different"})
_STATES: dict[str, tuple[str, ...]] = {
    "new": (RosterRowState.NEW,),
    "alike": (RosterRowState.ALIKE,),
    "elsewhere": (RosterRowState.ELSEWHERE,),
    "different": KNOWN,
    "held": (RosterRowState.HELD,),
    "rejected": (RosterRowState.REJECTED,),
    "same": (RosterRowState.SAME,),
}
_LABELS = {
    "rejected": "退回",
    "alike": "可能是同一个人",
    "elsewhere": "在别的党支部",
    "different": "已登记，有不同",
    "held": "没有写入",
    "new": "新增",
    "warned": "有提醒",
    "hinted": "可以留意",
    "mended": "读入时改过的",
    "same": "不变",
}
_PLACES: dict[str, type[Area] | type[Branch]] = {
    "group": Branch,
    "community": Area,
    "grid": Area,
}
_HINT = json.dumps(Severity.INFO.value)
_NUMBERED = ("id_number", "id_type")
_BLANK = "（空）"


@dataclass(frozen=True)
class Tab:
    """One tab of the preview: its key in the address, its words, how many rows."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Change:
    """One field of a known person: what the register has, what the roster brings."""

    label: str
    before: str
    after: str
    field: str = ""
    ticked: bool = False


@dataclass(frozen=True)
class Line:
    """One row of a tab."""

    row: int
    name: str
    number: str
    branch: str
    member: Member | None
    changes: Sequence[Change]
    findings: Sequence[Finding]
    mended: Sequence[Change]
    question: Question | None


def tabs(batch: RosterBatch) -> list[Tab]:
    """Return the tabs of BATCH that have rows, the most urgent question first."""
    counts = {key: sum(batch.counts.get(s, 0) for s in states) for key, states in _STATES.items()}
    counts |= {key: batch.counts.get(key, 0) for key in ("warned", "hinted", "mended")}
    return [Tab(key, label, counts[key]) for key, label in _LABELS.items() if counts[key]]


def only_hints(lines: Sequence[Line]) -> list[Line]:
    """Return LINES with their hints alone: what wants an answer stands in tabs of its own."""
    return [
        replace(line, findings=[each for each in line.findings if each.severity == Severity.INFO])
        for line in lines
    ]


def rows_of(batch: RosterBatch, tab: str, kind: str = "") -> "QuerySet[RosterRow]":
    """Return the staged rows behind a tab, in the order of the sheet; of the warned those of a KIND."""
    rows = RosterRow.objects.filter(batch=batch)
    if tab == "mended":
        rows = rows.filter(mended__isnull=False)
    elif tab == "hinted":
        rows = rows.filter(problems__contains=_HINT)
    elif tab == "warned":
        kinds = [doubt.code for doubt in doubts_of(batch)]
        rows = rows_with(batch, *([kind] if kind in kinds else kinds))
    else:
        rows = rows.filter(state__in=_STATES.get(tab, ()))
    return rows.order_by("row")


def left_words(batch: RosterBatch) -> list[str]:
    """Say of how many who were transferred or linked further columns differ and were not written."""
    rows = RosterRow.objects.filter(batch=batch, state=RosterRowState.ELSEWHERE, decision__in=ACTS)
    number = rows.filter(problems__contains='"ELSEWHERE_LEFT"').count()
    said = (
        f"转接或登记活动组织的同志，有{number}位另外几栏与登记不同，没有写入。是哪几栏，"
        "看下面“在别的党支部”；请再导入一次，或到本人页面改。"
    )
    return [said] if number else []


def page_size(tab: str) -> int:
    """Return how many rows of a tab one page shows; questions take more room."""
    return PAGE_OF_QUESTIONS if tab in QUESTIONS else PAGE


def lines(
    batch: RosterBatch,
    rows: Sequence[RosterRow],
    *,
    user: User,
    questions: Questions | None = None,
) -> list[Line]:
    """Return ROWS (one page) as they are shown to USER, with QUESTIONS as long as they are open."""
    return _Reader(batch, rows, user, questions).lines()


@dataclass(frozen=True)
class Obstacle:
    """What keeps a roster from being taken back: in words, on how many, the first of them."""

    what: str
    number: int
    members: Sequence[Member]


def obstacles(batch: RosterBatch, *, user: User) -> list[Obstacle]:
    """Return what stood against taking BATCH back, with those members whom USER sees."""
    keys = {key for _, _, members in batch.undo_refusals for key in members}
    seen = Member.objects.visible_to(user).only("name").in_bulk(keys) if keys else {}
    return [
        Obstacle(what, number, [seen[key] for key in members if key in seen])
        for what, number, members in batch.undo_refusals
    ]


class _Reader:
    """Everything that one page of rows needs, read in a handful of queries."""

    def __init__(
        self,
        batch: RosterBatch,
        rows: Sequence[RosterRow],
        user: User,
        questions: Questions | None,
    ) -> None:
        self.rows = rows
        self.questions = questions
        self.layout: Layout = layout_of(batch)
        self.fields = [name for name in staged_fields(self.layout) if name in BY_FIELD]
        self.book = CodeBook(*CODED.values(), *SEVERAL.values())
        known = {row.member_id for row in rows} - {None}
        self.members: Mapping[int, Member] = (
            Member.objects.visible_to(user).select_related("branch").in_bulk(known)
        )
        self.links = {row.row: json.loads(row.links) for row in rows if row.links}
        linked = [branch for ties in self.links.values() for branch, _ in ties]
        self.branches = _names(Branch, [*linked, *(self._staged(row, "branch") for row in rows)])
        self.places = {
            name: _names(model, [*self._both(name)])
            for name, model in _PLACES.items()
            if name in self.fields
        }

    def lines(self) -> list[Line]:
        """Return the page's lines."""
        return [self._line(row) for row in self.rows]

    def _line(self, row: RosterRow) -> Line:
        member = self.members.get(row.member_id or 0)
        cells = json.loads(row.cells) if row.cells else []
        question = self.questions.about(row) if self.questions else None
        changes = [*self._links(row), *(self._changes(row, member) if member else ())]
        if question and question.ticks:
            taken = question.answer.fields if question.answer.decision in CHANGING else None
            changes = [_ticked(change, taken) for change in changes]
        return Line(
            row=row.row,
            name=self._name(row, member, cells),
            number=self._number(row, member, cells),
            branch=self._branch(row, member, cells),
            member=member,
            question=question,
            changes=changes,
            findings=findings_of(self.layout, row.row, row.problems),
            mended=_mended(self.layout, row.mended),
        )

    def _name(self, row: RosterRow, member: Member | None, cells: Sequence[str]) -> str:
        if member:
            return member.name
        typed = self._cell(cells, "name")
        return hide_long_numbers(self._staged(row, "name") or names.read(typed).text or typed)

    def _number(self, row: RosterRow, member: Member | None, cells: Sequence[str]) -> str:
        if sealed := self._staged(row, "id_number"):  # the sheet's: of somebody alike another
            number = _opened("id_number", sealed)
        elif member:
            number = member.id_number
        else:
            number = self._cell(cells, "id_number")
        return masked(number, "id")

    def _branch(self, row: RosterRow, member: Member | None, cells: Sequence[str]) -> str:
        if member:
            return str(member.branch or "")
        named = self.branches.get(self._staged(row, "branch"))
        typed = self._cell(cells, "branch") or self._cell(cells, "branch_code")
        return named or hide_long_numbers(typed)

    def _links(self, row: RosterRow) -> list[Change]:
        """Name the managing links that the row begins, each with its kind."""
        named = [
            f"{self.branches[branch]}（{AffiliationKind(kind).label}）"
            for branch, kind in self.links.get(row.row, ())
        ]
        return [Change("登记活动组织", "", "、".join(named), LINKS)] if named else []

    def _cell(self, cells: Sequence[str], name: str) -> str:
        if name not in self.layout.fields:
            return ""
        place = self.layout.fields.index(name)
        return cells[place] if place < len(cells) else ""

    def _changes(self, row: RosterRow, member: Member) -> list[Change]:
        changes = []
        # Of somebody alike the number that is right says of what document it is.
        follow = _NUMBERED if row.state == RosterRowState.ALIKE else ()
        for name in self.fields:
            value = self._staged(row, name)
            if value in (None, ""):
                continue
            plain = _opened(name, value) if name in SEALED else value
            before = getattr(member, COLUMNS[name])
            if plain == before:  # of somebody alike all values are kept
                continue
            if name == "branch":
                home = str(member.branch or "不在任何党支部")
                changes.append(Change(BY_FIELD[name].heading, home, self.branches[value]))
                continue
            months = (member.month_only, self._staged(row, "month_only") or "")
            changes.append(
                Change(
                    BY_FIELD[name].heading,
                    self._shown(name, before, months[0]),
                    self._shown(name, plain, months[1]) + _places_apart(name, before, plain),
                    "" if name in follow else name,
                )
            )
        return changes

    def _shown(self, name: str, value: Any, month_only: str) -> str:
        if value in (None, "", False):
            return _BLANK
        if name in MASKS:
            return masked(str(value), MASKS[name])
        if name in CODED:
            return self.book.name(CODED[name], str(value))
        if name in SEVERAL:
            return unpack(self.book, SEVERAL[name], str(value))
        if name in self.places:
            return self.places[name].get(value, _BLANK)
        if name in DATES:
            return dates.words(value, month_only=name in month_only.split(","))
        if value is True:
            return "是"
        choices = dict(getattr(Member._meta.get_field(name), "choices", None) or ())
        return str(choices.get(value, value))

    def _both(self, name: str) -> list[Any]:
        stored = [getattr(member, COLUMNS[name]) for member in self.members.values()]
        return [*stored, *(self._staged(row, name) for row in self.rows)]

    @staticmethod
    def _staged(row: RosterRow, name: str) -> Any:
        return getattr(row, name)


def _ticked(change: Change, taken: Sequence[str] | None) -> Change:
    """Return CHANGE with its tick: what was TAKEN, or everything before anybody decided."""
    return replace(change, ticked=taken is None or change.field in taken)


def _places_apart(name: str, one: Any, other: Any) -> str:
    """Say in which places two numbers differ, for masked they may look the same."""
    if name != "id_number" or len(one) != len(other):
        return ""
    places = [str(at) for at, (a, b) in enumerate(zip(one, other, strict=True), 1) if a != b]
    return f"（第{'、'.join(places)}位不同）"


def _mended(layout: Layout, kept: str | None) -> list[Change]:
    """Return what reading changed in a row, personal values masked on both sides."""
    return [
        Change(
            layout.heading_of(name),
            _as_typed(before, name) or _BLANK,
            _hidden_in(after, name) if after else _BLANK,
        )
        for name, before, after in json.loads(kept or "[]")
    ]


def _as_typed(before: str, name: str) -> str:
    """Return BEFORE as it stood in the cell: a word for nothing (无, —) is nobody's, and hides nothing."""
    shown = text.seen(before)
    return _hidden_in(shown, name) if cell_rules.plain(before) else shown


def _hidden_in(shown: str, name: str) -> str:
    """Return SHOWN masked where the register masks NAME.

    Blanks and dashes stay in their places, or before and after would look alike.
    """
    if name not in MASKS:
        return shown
    return masked_in_place(shown, MASKS[name])


def _names(model: type[Area] | type[Branch], keys: Any) -> dict[int, str]:
    wanted = {key for key in keys if key}
    return dict(model._default_manager.filter(pk__in=wanted).values_list("pk", "name"))


def _opened(name: str, sealed: str) -> str:
    try:
        return crypto.unseal(sealed, SEALED[name])
    except crypto.Unreadable:
        return ""
