"""A sheet of managing links, member × organisation × kind × since, laid over the register (SYS-04, SYS-05)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from branches.refusal import Problem
from branches.tables import Column, Line, Row
from core import bulk
from core.dates import words
from core.enums import Engine
from core.models import Kind, User
from core.text import squeeze
from members.enums import LINK_KINDS, AffiliationKind
from members.models import Affiliation
from members.parameters import LinkPolicy
from members.rules import affiliation as rules
from members.rules import cells, dates
from members.rules.problems import problem
from members.sheets import people
from members.sheets.people import People, Person
from members.sheets.placed import PlacedSheet
from members.sheets.preview import SheetRow

PLACE, KIND, SINCE = "活动组织", "关系类别", "开始日期"
COLUMNS = (
    *people.COLUMNS,
    Column(PLACE, ("就近活动支部", "活动支部", "活动组织名称", "活动组织代码"), required=True),
    Column(KIND, ("关系", "活动关系")),
    Column(SINCE, ("起始日期", "开始时间")),
)
SHOWN = (PLACE, KIND, SINCE)
_TWICE = "同一位同志、同一个组织，第{first}行已有，请删去一行。"


class NewLink(NamedTuple):
    """A link that the sheet begins."""

    row: int
    member: int
    branch: int
    kind: str
    since: dt.date


class _Asked(NamedTuple):
    row: int
    person: Person
    branch: int
    kind: str
    since: dt.date | None


class LinkSheet(PlacedSheet):
    """What the rows of a sheet come to for USER: ``new`` links, how many stand, ``problems``, ``notes``.

    ``told`` says it row by row.
    A link of the same member, organisation and kind that stands is left as it is, whatever day the
    sheet gives. HOLD: what it is to be written from stays so until the transaction ends.
    """

    def __init__(self, rows: Iterable[Row], user: User, *, hold: bool) -> None:
        super().__init__(user)
        self.lines = people.lines_of(rows, COLUMNS)
        self.new: list[NewLink] = []
        self.notes: list[Problem] = []
        self._rough: set[int] = set()  # rows that name only the month
        self._kinds = _kinds()
        self._policy = LinkPolicy()
        found = People(self.lines, user)
        self.problems += found.faults
        asked = [one for line in self.lines if (one := self._read(line, found.found))]
        about = [(one.row, (one.person.pk, one.branch, one.kind)) for one in asked]
        self.problems += people.twice(about, column=PLACE, message=_TWICE)
        homes = {one.person.pk: one.person.branch for one in asked}
        if hold and not self.problems:
            named = [(one.row, one.branch, one.person.pk) for one in asked]
            homes = self._steady(named, PLACE)
        self._lay(asked, homes)

    def _read(self, line: Line, found: dict[int, Person]) -> _Asked | None:
        """Read what is asked for; None where anything of it is at fault."""
        branch, since = self._place(line, PLACE, is_home=False), self._since(line)
        kind = self._kind(line, branch)
        person = found.get(line.row)
        if person is None or branch is None or kind is None or isinstance(since, Problem):
            return None
        return _Asked(line.row, person, branch, kind, since)

    def _kind(self, line: Line, branch: int | None) -> str | None:
        typed = squeeze(cells.plain(line.cells.get(KIND, "")))
        if not typed:
            return None if branch is None else self.places.link_kinds[branch]
        if typed not in self._kinds:
            names = "、".join(kind.label for kind in AffiliationKind if kind in LINK_KINDS)
            message = f"没有这种关系类别，可以写：{names}；不写就按组织的类别。"
            self._refuse(line.row, KIND, "kind", message)
        return self._kinds.get(typed)

    def _since(self, line: Line) -> dt.date | Problem | None:
        read = dates.read(line.cells.get(SINCE, ""))
        fault = problem(read.code, "date").message if read.code else ""
        try:
            rules.check_start(read.value, today=self._today)
        except ValidationError as refused:
            fault = "".join(refused.messages)
        if fault:
            self._refuse(line.row, SINCE, "date", fault)
            return self.problems[-1]
        if read.month_only:
            self._rough.add(line.row)
        return read.value

    def _lay(self, asked: Sequence[_Asked], homes: dict[int, int | None]) -> None:
        """Lay the rows over the links of their members, each counted with those above it."""
        standing, ended = _links_of({one.person.pk for one in asked})
        for one in asked:
            ties = standing[one.person.pk]
            if (one.branch, one.kind) in ties:
                self.unchanged += 1
                self._tell(one, "已有，不动", "—")
                continue
            link = NewLink(one.row, one.person.pk, one.branch, one.kind, one.since or self._today)
            faults = list(self._faults(one, homes.get(one.person.pk), ties, ended))
            self.problems += faults
            if not faults:
                self._begin(one, link)
                ties.append((one.branch, one.kind))

    def _begin(self, one: _Asked, link: NewLink) -> None:
        self.new.append(link)
        self._tell(one, "登记", words(link.since))
        if link.row in self._rough:
            message = f"开始日期只写到月，按{words(link.since)}登记。"
            self.notes.append(Problem(link.row, SINCE, "rough_day", message))

    def _tell(self, one: _Asked, what: str, since: str) -> None:
        kind = AffiliationKind(one.kind).label
        cells = (self.places.names[one.branch], kind, since)
        self.told.append(SheetRow(one.row, one.person.pk, what, cells))

    def _faults(
        self,
        one: _Asked,
        home: int | None,
        ties: Sequence[rules.Tie],
        ended: dict[tuple[int, int, str], dt.date],
    ) -> Iterator[Problem]:
        try:
            rules.check_link(
                kind=one.kind,
                is_home=one.branch == home,
                counts=one.kind in self._policy.counted,
                links=sum(kind in self._policy.counted for _, kind in ties),
                most=self._policy.most(self.places.area_codes.get(home or 0, "")),
            )
        except ValidationError as refused:
            yield Problem(one.row, PLACE, "link", "".join(refused.messages))
        last = ended.get((one.person.pk, one.branch, one.kind))
        if last is not None and (one.since or self._today) <= last:
            message = f"这项关系到{words(last)}为止登记过，开始日期要在这一天以后。"
            yield Problem(one.row, SINCE, "overlap", message)


def _kinds() -> dict[str, str]:
    """Return the kinds of links by what people call them."""
    found = {kind.label: kind.value for kind in AffiliationKind if kind in LINK_KINDS}
    for kind in Kind.objects.usable(Engine.AFFILIATION):
        for word in (kind.name, kind.settings["code"], f"{kind.name}关系"):
            found[word] = kind.settings["code"]
    return found


def _links_of(
    members: set[int],
) -> tuple[dict[int, list[rules.Tie]], dict[tuple[int, int, str], dt.date]]:
    """Return the links that stand, by member, and the last day of those that ended; one query for 5,000."""
    standing: dict[int, list[rules.Tie]] = defaultdict(list)
    ended: dict[tuple[int, int, str], dt.date] = {}
    links: Any = Affiliation.objects.filter(kind__in=LINK_KINDS, withdrawn_on=None).order_by("pk")
    facts = links.values_list("member_id", "branch_id", "kind", "ended_on")
    for keys in bulk.parts(sorted(members)):
        for member, branch, kind, last in facts.filter(member__in=keys):
            if last is None:
                standing[member].append((branch, kind))
            else:
                ended[member, branch, kind] = max(last, ended.get((member, branch, kind), last))
    return standing, ended
