"""The questions of the preview, row by row: what may be answered, and reading the answers.

Plain forms, so that all works without JavaScript; what was typed comes back when it is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from core.enums import Engine
from core.models import Kind, User
from members.actions.roster_rows import Answer, mark, open_to
from members.enums import RosterRowState, RowDecision
from members.models import RosterRow
from members.roster.decisions import CHANGING, VERBS

_UNDECIDED = ("", "还没决定")
_MOST_ROWS = 100


@dataclass(frozen=True)
class Question:
    """What is asked about one row: (decision, label) of each option, and the answer so far.

    ``ticks``: single fields can be taken; ``kinds``: (code, name) of the links to choose from;
    ``seen``: what is kept so far, for the page to give back.
    """

    options: Sequence[tuple[str, str]]
    answer: Answer
    ticks: bool
    kinds: Sequence[tuple[str, str]]
    seen: str

    @property
    def may_number(self) -> bool:
        """Whether the roster's number may be said to be right, for a reason."""
        return any(value == RowDecision.NUMBER for value, _ in self.options)


class Questions:
    """The questions about one page of rows for one user; POSTED answers stand before kept ones."""

    def __init__(self, user: User, posted: Sequence[Answer] = ()) -> None:
        self._user = user
        self._posted: Mapping[int, Answer] = {answer.row: answer for answer in posted}
        self.kinds = link_kinds() if self._may(RowDecision.LINK) else []

    def about(self, row: RosterRow) -> Question | None:
        """Return what is asked about ROW; None for a row that leaves nothing to decide."""
        open_now = [each for each in open_to(row) if self._may(each) or each == row.decision]
        if not open_now:
            return None
        options = [(each.value, each.label) for each in open_now]
        answer = self._posted.get(row.row) or _kept(row)
        return Question(
            options=[_UNDECIDED, *options],
            answer=answer,
            ticks=any(value in CHANGING for value, _ in options),
            kinds=self._kinds(row),
            seen=mark(row),
        )

    def about_all_elsewhere(self) -> Sequence[tuple[str, str]]:
        """Return the options for all members of other branches at once."""
        wanted = (RowDecision.LEAVE, RowDecision.MOVE, RowDecision.LINK)
        return [(each.value, each.label) for each in wanted if self._may(each)]

    def _kinds(self, row: RosterRow) -> Sequence[tuple[str, str]]:
        """Return the links to choose from; one that others decided shows to who could not, too."""
        if row.decision == RowDecision.LINK and not self.kinds:
            return [kind for kind in link_kinds() if kind[0] == row.detail]
        return self.kinds if row.state == RosterRowState.ELSEWHERE else ()

    def _may(self, decision: RowDecision) -> bool:
        return decision not in VERBS or self._user.has_perm(VERBS[decision])


def link_kinds() -> list[tuple[str, str]]:
    """Return code and name of the kinds of managing links in use."""
    kinds = Kind.objects.usable(Engine.AFFILIATION)
    return [(each.settings["code"], each.name) for each in kinds]


def read_answers(data: QueryDict) -> list[Answer]:
    """Return the answers of a posted page; a row that is no number is left out."""
    rows = [int(row) for row in data.getlist("row")[:_MOST_ROWS] if _is_row(row)]
    return [
        Answer(
            row=row,
            decision=data.get(f"decide-{row}", ""),
            fields=tuple(data.getlist(f"take-{row}")),
            kind=data.get(f"kind-{row}", ""),
            reason=data.get(f"reason-{row}", ""),
            seen=data.get(f"seen-{row}"),
        )
        for row in rows
    ]


def _is_row(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 8


def _kept(row: RosterRow) -> Answer:
    detail: Any = row.detail or ""
    is_link = row.decision == RowDecision.LINK
    return Answer(
        row=row.row,
        decision=row.decision or "",
        fields=() if is_link else tuple(filter(None, detail.split(","))),
        kind=detail if is_link else "",
        reason=row.reason or "",
    )
