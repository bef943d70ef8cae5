"""Importing a table of organisations, whole or not at all: thousands of rows in one build."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from branches import bulk, paths, trees
from branches.actions.branch import (
    Standing,
    follow_reorganisation,
    keep_history,
    kind_faults,
    standing,
)
from branches.branch_plan import BranchPlan, KindFacts, Stored
from branches.branch_sheet import BranchLine
from branches.forest import Forest, Place
from branches.models import Area, Branch
from branches.refusal import FileRefused, Problem
from core import audit
from core.bulk import fresh_ids, settle
from core.enums import Engine
from core.long_numbers import hide_personal_numbers
from core.models import Kind, User
from core.text import clean

_FACTS = ("name", "kind_id", "area_id", "area_path", "parent_id", "founded_on", "tie")
_KEPT = ("name", "kind", "area", "parent", "founded_on", "tie")
_DOCUMENT = 100  # characters, as the column of 沿革 has
_UPDATED = (*_FACTS, *Place._fields)


class BranchImport(NamedTuple):
    """What an import did: counts, and for each code ``created``, ``updated`` or ``unchanged``.

    ``notes`` say by row what was taken otherwise than written, and what is still missing.
    """

    counts: dict[str, int]
    outcomes: dict[str, str]
    notes: list[Problem]


def import_branches(*, by: User | None, lines: list[BranchLine], source: str = "") -> BranchImport:
    """Found and change organisations as LINES say; parents may come later in the table.

    A user finds only areas he may choose and organisations he may change; others are as unknown
    as those that do not exist. What changes with a document only is kept in the 沿革 of each, of
    today and with the table, whose name is SOURCE, for the document; so are those founded (SYS-02).
    Raises FileRefused with every fault; then nothing is written.
    """
    with trees.lock_whole(Area), trees.lock_whole(Branch):
        stored = {row.code: row for row in _stored(by)}
        areas = _areas(by)
        codes = {code: pk for code, (pk, _) in areas.items()}
        plan = BranchPlan(lines, stored, _kinds(), codes, timezone.localdate())
        if plan.problems:
            raise FileRefused(plan.problems)
        outcomes = {code: _outcome(plan, code) for code in plan.lines}
        if set(outcomes.values()) != {"unchanged"}:
            changed = [code for code, outcome in outcomes.items() if outcome == "updated"]
            before = {branch.pk: standing(branch, _KEPT) for branch in _with_words(changed)}
            document = _document(source)
            _write(plan, outcomes, dict(areas.values()), document)
            written = _with_words(changed)
            _refuse_kinds(plan, written, before)
            _follow(by, written, before, document)
        counts = Counter({"created": 0, "updated": 0, "unchanged": 0})
        counts.update(outcomes.values())
        if counts["created"] or counts["updated"]:
            note = f"新增{counts['created']}个，修改{counts['updated']}个"
            audit.record(
                by=by,
                act="导入党组织",
                note=note,
                label=lines[0].name,
                area_path=paths.common(_written_paths(plan, outcomes, dict(areas.values()))),
            )
    return BranchImport({"rows": len(lines), **counts}, outcomes, sorted(plan.notes))


def _with_words(codes: list[str]) -> list[Branch]:
    related = Branch.objects.select_related("kind", "parent", "area")
    return list(related.filter(code__in=codes).order_by("path"))


def _document(source: str) -> str:
    """Return the paper on which a table founds and changes: the table itself."""
    name = hide_personal_numbers(clean(source))
    return f"导入：{name or '党组织表'}"[:_DOCUMENT]


def _refuse_kinds(plan: BranchPlan, branches: list[Branch], before: dict[int, Standing]) -> None:
    """Refuse the table where one of BRANCHES has a new kind that does not take who hangs on it."""
    changed = {
        branch.pk: branch.code
        for branch in branches
        if branch.kind.name != before[branch.pk].words["kind"]
    }
    trees.steady_branches(changed)
    faults = kind_faults([branch for branch in branches if branch.pk in changed])
    if faults:
        lines = {pk: plan.lines[changed[pk]].line for pk in faults}
        raise FileRefused(
            Problem(lines[pk], "组织类别", "kind_members", fault) for pk, fault in faults.items()
        )


def _follow(
    by: User | None, branches: list[Branch], before: dict[int, Standing], document: str
) -> None:
    """Keep what BRANCHES were, and have the higher rooms put right what hung on them."""
    today = timezone.localdate()
    for branch in branches:
        keep_history(by=by, branch=branch, before=before[branch.pk], on=today, document=document)
    follow_reorganisation(by, branches)


def _written_paths(
    plan: BranchPlan, outcomes: dict[str, str], area_paths: dict[int, str]
) -> Iterator[str]:
    """Yield the areas of what was written, so that their bureau finds the act in the trail."""
    for code, outcome in outcomes.items():
        if outcome != "unchanged":
            yield area_paths[plan.wanted[code].area]


def _stored(by: User | None) -> Iterator[Stored]:
    mine = None if by is None else set(Branch.objects.editable_by(by).values_list("pk", flat=True))
    rows = Branch.objects.select_related("parent").order_by("tree_id", "lft")
    for row in rows.iterator():
        yield Stored(
            pk=row.pk,
            code=row.code,
            name=row.name,
            kind=row.kind_id,
            area=row.area_id,
            parent=row.parent.code if row.parent else None,
            founded_on=row.founded_on,
            tie=row.tie,
            dissolved_on=row.dissolved_on,
            editable=mine is None or row.pk in mine,
            area_path=row.area_path,
            place=Place(row.lft, row.rght, row.tree_id, row.depth, row.path),
        )


def _areas(by: User | None) -> dict[str, tuple[int, str]]:
    rows = Area.objects.all() if by is None else Area.objects.choosable_by(by)
    return {code: (pk, path) for code, pk, path in rows.values_list("code", "pk", "path")}


def _kinds() -> dict[str, KindFacts]:
    """Return the kinds by key, by the part of the key after the engine, and by name."""
    found: dict[str, KindFacts] = {}
    for kind in Kind.objects.filter(engine=Engine.BRANCH):
        facts = KindFacts(kind.key, kind.name, kind.settings, kind.is_in_use)
        for word in (kind.key, kind.key.partition(".")[2], kind.name):
            found[word] = facts
    return found


def _outcome(plan: BranchPlan, code: str) -> str:
    if code not in plan.stored:
        return "created"
    return "updated" if plan.is_changed(code) else "unchanged"


def _write(
    plan: BranchPlan, outcomes: dict[str, str], area_paths: dict[int, str], document: str
) -> None:
    new = [code for code, outcome in outcomes.items() if outcome == "created"]
    keys = {code: row.pk for code, row in plan.stored.items()}
    keys.update(zip(new, fresh_ids(Branch, len(new)), strict=True))
    places = _forest(plan, new).places()
    changed = []
    for code, old in plan.stored.items():
        wanted = plan.wanted.get(code, old)
        parent = keys[wanted.parent] if wanted.parent else None
        area_path = area_paths.get(wanted.area, old.area_path)
        if outcomes.get(code) == "updated" or places[code] != old.place:
            day = _for_database(wanted.founded_on)
            facts = (wanted.name, wanted.kind, wanted.area, area_path, parent, day, wanted.tie)
            changed.append((old.pk, *facts, *places[code]))
    bulk.update(Branch, _UPDATED, changed)
    fields = Branch._meta.concrete_fields
    rows = (_new_row(plan, code, keys, places[code], area_paths, document) for code in new)
    bulk.insert(
        Branch,
        [field.column for field in fields],
        ([_saved(field, row) for field in fields] for row in rows),
    )
    settle(Branch)
    trees.renew_copies()


def _forest(plan: BranchPlan, new: list[str]) -> Forest[str]:
    parents = {code: row.parent for code, row in plan.stored.items()}
    parents.update((code, wanted.parent) for code, wanted in plan.wanted.items())
    roots = Branch.objects.filter(parent=None)
    return Forest(
        parents,
        old={code: row.place for code, row in plan.stored.items()},
        last_tree=roots.aggregate(last=Max("tree_id"))["last"] or 0,
        last_root=roots.aggregate(last=Max("path"))["last"] or "",
    )


def _new_row(
    plan: BranchPlan,
    code: str,
    keys: dict[str, int],
    place: Place,
    area_paths: dict[int, str],
    document: str,
) -> Branch:
    wanted = plan.wanted[code]
    return Branch(
        pk=keys[code],
        code=code,
        name=wanted.name,
        kind_id=wanted.kind,
        area_id=wanted.area,
        area_path=area_paths[wanted.area],
        parent_id=keys[wanted.parent] if wanted.parent else None,
        founded_on=wanted.founded_on,
        approval_doc=document,
        tie=wanted.tie,
        **place._asdict(),
    )


def _saved(field: Any, row: Branch) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


def _for_database(day: dt.date | None) -> Any:
    field = Branch._meta.get_field("founded_on")
    return field.get_db_prep_save(day, connection)
