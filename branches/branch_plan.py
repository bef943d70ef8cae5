"""What a table of organisations means for the stored ones: wanted values and faults. No queries."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from branches import rules
from branches.branch_sheet import TIE, BranchLine
from branches.enums import Tie
from branches.forest import Place, circles
from branches.refusal import Problem, loop_problem


class Stored(NamedTuple):
    """A stored organisation. ``editable`` says whether the importing user may change it."""

    pk: int
    code: str
    name: str
    kind: str
    area: int
    parent: str | None
    founded_on: dt.date | None
    tie: str
    dissolved_on: dt.date | None
    editable: bool
    area_path: str
    place: Place


class KindFacts(NamedTuple):
    """A kind of organisations."""

    key: str
    name: str
    settings: dict[str, Any]
    in_use: bool


class Wanted(NamedTuple):
    """What a row makes of its organisation."""

    name: str
    kind: str
    area: int
    parent: str | None
    founded_on: dt.date | None
    tie: str


class BranchPlan:
    """The lines of a table laid over the stored organisations.

    KINDS are the usable kinds by every word that may name them, AREAS the areas the user may
    choose, by code. ``wanted`` holds what each line makes of its organisation, by code; ``notes``
    what was taken but is worth saying.
    """

    def __init__(
        self,
        lines: list[BranchLine],
        stored: Mapping[str, Stored],
        kinds: Mapping[str, KindFacts],
        areas: Mapping[str, int],
        today: dt.date,
    ) -> None:
        self.lines = {line.code: line for line in lines}
        self.stored = stored
        self._kinds = kinds
        self._areas = areas
        self._today = today
        self.wanted: dict[str, Wanted] = {}
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        for line in lines:
            self.problems.extend(line.faults)
            self.problems.extend(self._read(line))
        looped = self._find_loops()
        for code in self.lines:
            if code not in looped:
                self.problems.extend(self._check_parent(self.lines[code]))
        self.problems.extend(self._check_those_below())

    def is_changed(self, code: str) -> bool:
        """Return whether the line of CODE changes a stored organisation."""
        old = self.stored[code]
        before = Wanted(old.name, old.kind, old.area, old.parent, old.founded_on, old.tie)
        return self.wanted[code] != before

    def _read(self, line: BranchLine) -> Iterator[Problem]:
        old = self.stored.get(line.code)
        kind = self._kinds.get(line.kind)
        area = self._areas.get(line.area) or self._areas.get(line.area.ljust(12, "0"))
        parent = line.parent or None
        if line.parent is None and old is not None:
            parent = old.parent
        founded_on = self._founded_on(line, old)
        tie = line.tie or (old.tie if old else "")
        if kind is None and line.kind:
            in_use = (each.name for each in self._kinds.values() if each.in_use)
            names = "、".join(dict.fromkeys(in_use))
            message = f"没有“{line.kind[:20]}”这种组织类别。可以写：{names}。"
            yield Problem(line.line, "组织类别", "kind", message)
        if kind and not kind.in_use and (old is None or old.kind != kind.key):
            message = f"“{kind.name}”这种组织类别现在不使用，请写别的类别。"
            yield Problem(line.line, "组织类别", "kind_out_of_use", message)
        if area is None and line.area:
            message = f"区划代码{line.area[:24]}不在系统里，或不在您的管理范围内，请检查。"
            yield Problem(line.line, "所在区划代码", "area", message)
        if founded_on is not None and founded_on > self._today:
            message = "成立日期晚于今天，请检查年份。"
            yield Problem(line.line, "成立日期", "future", message)
        if old is not None and not old.editable:
            message = f"组织代码{line.code}已被别的组织使用，请换一个代码。"
            yield Problem(line.line, "组织代码", "taken", message)
        if kind and area:
            self.wanted[line.code] = Wanted(line.name, kind.key, area, parent, founded_on, tie)
            yield from self._check_tie(line, kind, tie)
            if old and old.dissolved_on and self.is_changed(line.code):
                message = f"“{old.name}”已经撤销，不能再修改，请删去这一行。"
                yield Problem(line.line, "组织代码", "dissolved", message)

    def _founded_on(self, line: BranchLine, old: Stored | None) -> dt.date | None:
        """Return the day; a month or a year does not replace a day that agrees with it."""
        stored, rough = old.founded_on if old else None, line.founded_on
        if rough is None or rough.agrees_with(stored):
            return stored
        if rough.parts < 3:
            message = f"成立日期只写{rough.words}，按{rough.day}登记。"
            self.notes.append(Problem(line.line, "成立日期", "rough_day", message))
        return rough.day

    def _check_tie(self, line: BranchLine, kind: KindFacts, tie: str) -> Iterator[Problem]:
        """Refuse a blank in the column 三缘; a table without the column is told how to add it."""
        said = any(fault.column == TIE for fault in line.faults)
        if said or not rules.needs_tie(kind.settings, tie):
            return
        if line.tie is not None:
            message = f"{kind.name}在“{TIE}”这一列要写{Tie.in_words()}，请补上。"
            yield Problem(line.line, TIE, "tie", message)
            return
        message = (
            f"{kind.name}还要写大家因什么聚在一起：请在表格里加一列，列名写“{TIE}”，"
            f"这一行填{Tie.in_words()}，再导入一次；或以后在这个党组织的页面上用“改名或改类别”选。"
        )
        self.notes.append(Problem(line.line, TIE, "tie", message))

    def _find_loops(self) -> set[str]:
        parents = {code: wanted.parent for code, wanted in self.wanted.items()}
        found = circles(parents)
        for circle in found:
            self.problems.append(loop_problem([self.lines[code].line for code in circle]))
        return {code for circle in found for code in circle}

    def _check_parent(self, line: BranchLine) -> Iterator[Problem]:
        wanted, old = self.wanted.get(line.code), self.stored.get(line.code)
        parent = wanted.parent if wanted else line.parent
        if not parent:
            return
        above = self.stored.get(parent)
        stays = old is not None and old.parent == parent
        reachable = above is not None and (above.editable or stays)
        if parent not in self.lines and not reachable:
            message = f"上级组织代码{parent[:30]}不在文件里，系统里也没有，请检查。"
            yield Problem(line.line, "上级组织代码", "unknown_parent", message)
            return
        if above is not None and above.dissolved_on and not stays:
            message = f"上级组织“{above.name}”已经撤销，不能再接收下级。"
            yield Problem(line.line, "上级组织代码", "parent_dissolved", message)
        if wanted is None:
            return
        kind, parent_kind = self._facts(wanted.kind), self._kind_of(parent)
        if parent_kind and not rules.may_hang_under(kind.settings, parent_kind.settings):
            message = f"{kind.name}的上级必须是更高一级的组织，不能是{parent_kind.name}。"
            yield Problem(line.line, "上级组织代码", "rank", message)

    def _check_those_below(self) -> Iterator[Problem]:
        """Refuse a kind that would not stand above stored organisations the table leaves alone."""
        for code, below in self.stored.items():
            above = self.wanted.get(below.parent or "")
            if code in self.lines or above is None or below.dissolved_on:
                continue
            kind, under = self._facts(above.kind), self._facts(below.kind)
            if not rules.may_hang_under(under.settings, kind.settings):
                line = self.lines[below.parent or ""]
                message = f"下面还有{under.name}“{below.name}”，不能改成{kind.name}。"
                yield Problem(line.line, "组织类别", "below", message)

    def _kind_of(self, code: str) -> KindFacts | None:
        wanted = self.wanted.get(code)
        if wanted:
            return self._facts(wanted.kind)
        stored = self.stored.get(code)
        return self._facts(stored.kind) if stored else None

    def _facts(self, key: str) -> KindFacts:
        return self._kinds[key]
