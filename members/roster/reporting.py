"""What a batch comes to: counts by state, totals to compare with the paper form, findings to show."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db.models import Count, Q

from members.enums import Gender, MemberKind, PersonKind, RosterRowState, RowDecision, Severity
from members.models import RosterBatch, RosterRow
from members.roster import doubts, remembered
from members.roster.columns import BY_FIELD, Layout
from members.roster.decisions import NOTHING_NEW, WRITTEN, Outcome, tally
from members.roster.validation import Judged
from members.rules.numbering import number_of
from members.rules.problems import Problem

_UNSAID = "未填"
# Figures of the check that stay when the batch is written.
SUMS = ("rows", "warnings", "warned", "hinted", "notes", "mended", "branchless")


@dataclass
class Totals:
    """Sums over the rows of a file, as a paper form has them at its foot (domain §3.3 item 18)."""

    rows: int = 0
    warnings: int = 0
    warned: int = 0
    hinted: int = 0
    notes: int = 0
    mended: int = 0
    states: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    genders: Counter[str] = field(default_factory=Counter)
    member_kinds: Counter[str] = field(default_factory=Counter)
    person_kinds: Counter[str] = field(default_factory=Counter)
    branches: Counter[int] = field(default_factory=Counter)
    area_paths: set[str] = field(default_factory=set)
    branchless: int = 0  # of no branch, for none was written
    beyond: int = 0
    elsewhere: int = 0  # registered where the user does not reach
    strangers: Counter[str] = field(default_factory=Counter)
    remembered: Counter[tuple[str, int]] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)

    def add(self, rows: Sequence[Judged]) -> None:
        """Count ROWS after they were matched."""
        self.rows += len(rows)
        self.states.update([judged.state for judged in rows])
        values = [judged.values for judged in rows]
        self.genders.update([each.get("gender", "") for each in values])
        self.member_kinds.update([each.get("member_kind", "") for each in values])
        self.person_kinds.update([each.get("person_kind", "") for each in values])
        self.branches.update([each["branch"] for each in values if "branch" in each])
        self.area_paths.update([each["area_path"] for each in values if "branch" in each])
        self.hinted += len([judged for judged in rows if judged.hints])
        for judged in rows:
            if judged.mended or judged.links or judged.problems:
                self._add_findings(judged)

    def _add_findings(self, judged: Judged) -> None:
        self.mended += bool(judged.mended)
        self.beyond += bool(judged.links or judged.problems)
        if judged.links:
            self.links[f"links_{judged.state}"] += len(judged.links)
        if judged.problems:
            self.elsewhere += any(found.code == "ID_ELSEWHERE" for found in judged.problems)
            self.warnings += sum(found.severity == "W" for found in judged.problems)
            self.branchless += any(found.code == "BRANCH_EMPTY" for found in judged.problems)
            told = doubts.told(judged.state, judged.problems)
            self.warned += bool(told)
            self.doubts.update(told.keys())
            self.sentences |= told

    def join(self, others: "Totals") -> None:
        """Add what was counted elsewhere."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(others, each.name)
            if isinstance(mine, int):
                setattr(self, each.name, mine + theirs)
            else:  # a Counter adds, a set unites, sentences are the same
                mine.update(theirs)

    def hold_alike(self, links: Sequence[int]) -> None:
        """Count as a question some who would have been registered anew; LINKS: how many each begins."""
        self.warnings += len(links)
        for state, sign in ((RosterRowState.NEW, -1), (RosterRowState.ALIKE, 1)):
            self.states[state] += sign * len(links)
            if sum(links):
                self.links[f"links_{state}"] += sign * sum(links)

    def doubt(self, state: str, before: list[Problem], found: Problem) -> None:
        """Count that the warning FOUND was added to a row in STATE which had those BEFORE.

        How many warnings there are is counted by ``hold_alike``.
        """
        told = doubts.told(state, [found])
        self.warned += not doubts.told(state, before)
        self.doubts.update(told.keys())
        self.sentences |= told

    def counts(self) -> dict[str, int]:
        """Return what ``RosterBatch.counts`` keeps; ``links_…`` are the links by the row's state."""
        sums = {name: getattr(self, name) for name in SUMS}
        return {**sums, **self.states, **self.links}

    def by_name(self, branch_names: dict[int, str], *, distinct: int) -> dict[str, Any]:
        """Return what ``RosterBatch.totals`` keeps: lists of [name, number of rows]."""
        return {
            "distinct_ids": distinct,
            "gender": _labelled(self.genders, dict(Gender.choices)),
            "member_kind": _labelled(self.member_kinds, dict(MemberKind.choices)),
            "person_kind": _labelled(self.person_kinds, dict(PersonKind.choices)),
            "branch": _labelled(self.branches, branch_names),
            "remembered": remembered.kept(self.remembered, branch_names),
            "doubts": doubts.kept(self.doubts, self.sentences),
        }

    @property
    def speaks_of_others(self) -> bool:
        """Whether any row speaks of people or branches beside its own: a finding, a link, a home."""
        return bool(self.beyond or self.states[RosterRowState.ELSEWHERE])


def _labelled(counter: Counter[Any], labels: dict[Any, str]) -> list[list[Any]]:
    return [[labels.get(key, _UNSAID), number] for key, number in counter.most_common()]


@dataclass(frozen=True)
class Summary:
    """The figures of a batch under one choice for people on the register already.

    ``moved`` and ``linked`` are members of other branches; the parts add up to the rows.
    ``warned``: rows with a warning to be confirmed; ``warnings``: all of them, of any row.
    ``mended``: rows in which reading changed something.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    moved: int
    linked: int
    rejected: int
    to_confirm: int
    warnings: int
    warned: int
    mended: int
    links: int

    def sentence(self) -> str:
        """Return the figures in words, those that are not nought: 共6行：新增3，退回2；有提醒1行."""
        parts = (
            *(("新增", self.new), ("变更", self.changed), ("不变", self.unchanged)),
            *(("转接", self.moved), ("来参加活动", self.linked)),
            *(("待确认", self.to_confirm), ("退回", self.rejected)),
        )
        said = "，".join(f"{word}{number}" for word, number in parts if number)
        warned = f"；有提醒{self.warned}行" if self.warned else ""
        links = f"；登记活动组织{self.links}个" if self.links else ""
        return f"共{self.rows}行{f'：{said}' if said else ''}{warned}{links}"


def summarise(batch: RosterBatch, choice: str = "") -> Summary:
    """Return what BATCH comes to under CHOICE (its own by default); the parts add up to the rows."""
    choice = choice or batch.on_duplicate
    sums = tally(batch, choice)
    changed = sums[Outcome.CHANGED]
    links = sum(
        batch.counts.get(f"links_{state}", 0) for state in (RosterRowState.NEW, *WRITTEN[choice])
    )
    if "changed" in batch.counts:  # written: of some, everything was as the roster says already
        changed, links = batch.counts["changed"], batch.counts["links"]
    return Summary(
        rows=batch.counts.get("rows", 0),
        new=sums[Outcome.NEW],
        changed=changed,
        unchanged=sums[Outcome.UNCHANGED] + sums[Outcome.CHANGED] - changed,
        moved=sums[Outcome.MOVED],
        linked=sums[Outcome.LINKED],
        rejected=sums[Outcome.REJECTED],
        to_confirm=sums[Outcome.TO_CONFIRM],
        warnings=batch.counts.get("warnings", 0),
        warned=batch.counts.get("warned", 0),
        mended=batch.counts.get("mended", 0),
        links=links,
    )


def decided_rows(batch: RosterBatch) -> dict[str, int]:
    """Return how many of the staged rows were decided how, as ``RosterBatch.counts`` keeps it.

    NOTHING_NEW: of those who are the same person, how many bring nothing that the register lacks.
    """
    rows = RosterRow.objects.filter(batch=batch, decision__isnull=False).order_by()
    nothing_new = Count("row", filter=Q(decision=RowDecision.SAME, detail=""))
    counted = list(
        rows.values_list("state", "decision").annotate(number=Count("row"), idle=nothing_new)
    )
    figures = {f"{state}:{decision}": number for state, decision, number, _ in counted}
    return figures | {NOTHING_NEW: sum(idle for *_, idle in counted)}


@dataclass(frozen=True)
class Finding:
    """A finding as it is shown: sheet, row and column as the user has them, code, severity, sentence.

    A CSV has no sheets: ``sheet`` is empty then. Programs go by ``code``, people by ``number``.
    """

    sheet: str
    row: int
    column: str
    code: str
    severity: str
    message: str
    number: str = field(init=False)

    def __post_init__(self) -> None:
        """Look the number up."""
        object.__setattr__(self, "number", number_of(self.code))

    @property
    def told(self) -> str:
        """The sentence with its number, by which it can be spoken of and looked up."""
        return f"{self.message}（编号{self.number}）" if self.number else self.message


def refusal_of(row: int, column: str, code: str, message: str) -> dict[str, Any]:
    """Return a reason why the file is refused, as ``RosterBatch.refusals`` keeps it."""
    return {
        "row": row,
        "column": column,
        "code": code,
        "severity": Severity.ERROR.value,
        "message": message,
    }


def findings(batch: RosterBatch) -> Iterator[Finding]:
    """Yield every finding of BATCH in the order of the sheet; a refused file has only its own."""
    for refusal in batch.refusals:
        yield Finding(sheet=batch.sheet, **refusal)
    layout = layout_of(batch)
    rows = RosterRow.objects.filter(batch=batch, problems__isnull=False).order_by("row")
    for row, problems in rows.values_list("row", "problems").iterator():
        yield from findings_of(layout, row, problems, sheet=batch.sheet)


def idle_rows(batch: RosterBatch) -> set[int]:
    """Return the rows of BATCH that have findings and change nothing."""
    rows = RosterRow.objects.filter(batch=batch, state=RosterRowState.SAME, problems__isnull=False)
    return set(rows.values_list("row", flat=True))


def findings_of(
    layout: Layout, row: int, problems: str | None, *, sheet: str = ""
) -> list[Finding]:
    """Return the findings kept with one row."""
    return [
        Finding(sheet, row, _heading(layout, field), code, severity, message)
        for field, code, severity, message in json.loads(problems or "[]")
    ]


def _heading(layout: Layout, field: str) -> str:
    """Return the user's own heading of FIELD; the branch is named by code or by name."""
    for name in (field, "branch_code") if field == "branch" else (field,):
        if name in layout.fields:
            return layout.heading_of(name)
    return BY_FIELD[field].heading if field in BY_FIELD else ""


def keep_layout(layout: Layout) -> dict[str, Any]:
    """Return LAYOUT as ``RosterBatch.layout`` keeps it."""
    return asdict(layout)


def layout_of(batch: RosterBatch) -> Layout:
    """Return the heading that BATCH was read with; empty before it was."""
    kept = batch.layout or {"first_row": 0, "last_row": 0, "headings": [], "fields": []}
    return Layout(
        kept["first_row"], kept["last_row"], tuple(kept["headings"]), tuple(kept["fields"])
    )
