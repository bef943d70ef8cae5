"""Organisations as a table, out and in, in front of the same functions as the command; posts out."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from import_export import fields
from import_export.results import Error, Result, RowResult

from branches.actions import import_branches, import_grids
from branches.branch_sheet import HEADINGS, TIE, BranchLine, lines_of
from branches.enums import Role, Tie
from branches.grid_sheet import CODE, GridLine
from branches.grid_sheet import HEADINGS as GRID_HEADINGS
from branches.grid_sheet import lines_of as grid_lines_of
from branches.models import Appointment, Area, Branch
from branches.refusal import FileRefused, Problem
from branches.scoping import ScopedResource
from core.display import masked
from core.resources import ChoiceWidget, MaskedWidget
from core.spreadsheets.formats import NumberedDataset
from core.text import squeeze

# The preview shows so many rows; the totals count all.
_SHOWN = 200
_TYPES = {
    "created": RowResult.IMPORT_TYPE_NEW,
    "updated": RowResult.IMPORT_TYPE_UPDATE,
    "unchanged": RowResult.IMPORT_TYPE_SKIP,
}


class BranchResult(Result):
    """A result that also tells what was taken otherwise than written, and what is missing."""

    notes: Sequence[Problem] = ()


class BranchResource(ScopedResource):
    """What goes out comes back in: the columns of ``import_branches``."""

    code = fields.Field("code", "组织代码")
    name = fields.Field("name", "组织名称")
    kind = fields.Field("kind__name", "组织类别")
    area = fields.Field("area__code", "所在区划代码")
    parent = fields.Field("parent__code", "上级组织代码")
    founded_on = fields.Field("founded_on", "成立日期")

    class Meta:
        model = Branch
        fields = ("code", "name", "kind", "area", "parent", "founded_on")
        import_id_fields = ("code",)

    def import_data_inner(
        self,
        dataset: NumberedDataset,
        dry_run: bool,
        raise_errors: bool,
        using_transactions: bool,
        collect_failed_rows: bool,
        **options: Any,
    ) -> Result:
        """Import the whole table by one build; on any fault nothing, and every fault listed."""
        result = BranchResult()
        result.diff_headers = list(HEADINGS)
        result.total_rows = len(dataset)
        cells = _cells(dataset)
        try:
            lines = lines_of(cells.items())
            done = import_branches(
                by=self.user,  # type: ignore[arg-type]  # signed in
                lines=lines,
                source=options.get("file_name") or "",
            )
        except FileRefused as refusal:
            _tell(result, refusal.problems, cells, key="组织代码")
            return result
        result.notes = done.notes
        has_ties = any(line.tie is not None for line in lines)
        if has_ties:
            result.diff_headers.append(TIE)
        for outcome in done.outcomes.values():
            result.totals[_TYPES[outcome]] += 1
        for line in lines[:_SHOWN]:
            result.append_row_result(_preview(line, done.outcomes[line.code], with_tie=has_ties))
        return result


class AreaResource(ScopedResource):
    """The territory out; of what comes back in, who works in a grid and its buildings (SYS-02)."""

    code = fields.Field("code", CODE)
    name = fields.Field("name", "名称", readonly=True)
    level = fields.Field("level_name", "层级", readonly=True)
    parent = fields.Field("parent__name", "上级区划", readonly=True)
    community = fields.Field("community_name", "社区", readonly=True)
    grid_worker = fields.Field("grid_worker", GRID_HEADINGS["grid_worker"])
    grid_phone = fields.Field("grid_phone", GRID_HEADINGS["grid_phone"], MaskedWidget("phone"))
    buildings = fields.Field("buildings", GRID_HEADINGS["buildings"])

    class Meta:
        model = Area
        fields = (
            *("code", "name", "level", "parent", "community"),
            *("grid_worker", "grid_phone", "buildings"),
        )
        import_id_fields = ("code",)

    def import_data_inner(self, dataset: NumberedDataset, *_: Any, **__: Any) -> Result:
        """Fill the grids of the whole table; on any fault nothing, and every fault listed."""
        result = Result()
        result.diff_headers = [CODE, *GRID_HEADINGS.values()]
        result.total_rows = len(dataset)
        cells = _cells(dataset)
        try:
            lines = grid_lines_of(cells.items())
            outcomes = import_grids(by=self.user, lines=lines)  # type: ignore[arg-type]  # signed in
        except FileRefused as refusal:
            _tell(result, refusal.problems, cells, key=CODE)
            return result
        for outcome in outcomes.values():
            result.totals[_TYPES[outcome]] += 1
        for line in lines[:_SHOWN]:
            result.append_row_result(_grid_preview(line, outcomes[line.code]))
        return result


class AppointmentResource(ScopedResource):
    """Who holds which role where, from when to when: export only."""

    user = fields.Field("user__display_name", "姓名")
    role = fields.Field("role", "角色", ChoiceWidget(Role.choices))
    area = fields.Field("area__name", "区划")
    branch = fields.Field("branch__name", "党组织")
    started_on = fields.Field("started_on", "任职日期")
    ended_on = fields.Field("ended_on", "免职日期")
    withdrawn_on = fields.Field("withdrawn_on", "撤回日期")
    document = fields.Field("document", "文件")

    class Meta:
        model = Appointment
        fields = (
            *("user", "role", "area", "branch"),
            *("started_on", "ended_on", "withdrawn_on", "document"),
        )


def _cells(dataset: NumberedDataset) -> dict[int, list[Any]]:
    """Return the rows of DATASET by their numbers in the file, the headings first."""
    headings = [str(heading or "") for heading in dataset.headers or []]
    return dict(zip(dataset.numbers, [headings, *map(list, dataset)], strict=False))


def _preview(line: BranchLine, outcome: str, *, with_tie: bool) -> RowResult:
    shown = RowResult()
    shown.import_type = _TYPES[outcome]
    day = str(line.founded_on.day) if line.founded_on else ""
    shown.diff = [line.code, line.name, line.kind, line.area, line.parent or "", day]
    if with_tie:
        shown.diff.append(str(Tie(line.tie).label) if line.tie else "")
    return shown


def _grid_preview(line: GridLine, outcome: str) -> RowResult:
    shown = RowResult()
    shown.import_type = _TYPES[outcome]
    shown.diff = [line.code, line.worker, masked(line.phone, "phone"), line.buildings]
    return shown


def _tell(
    result: Result, problems: list[Problem], cells: dict[int, list[Any]], *, key: str
) -> None:
    """Put every fault where the page of the admin lists it: by row, or for the file.

    KEY is the heading by which the row of headings is known.
    """
    named = ([squeeze(str(cell)) for cell in row] for row in cells.values())
    headings = next((row for row in named if key in row), [])
    by_row: dict[int, dict[str, list[str]]] = {}
    for problem in problems:
        where = by_row.setdefault(problem.row, {})
        # The page puts the column before the sentence: not before one that names it.
        names_it = problem.column in problem.message
        where.setdefault(NON_FIELD_ERRORS if names_it else problem.column, []).append(
            problem.message
        )
    for number, faults in by_row.items():
        if number == 0:
            for message in (each for messages in faults.values() for each in messages):
                result.append_base_error(Error(message))
            continue
        row = dict(zip(headings, cells.get(number, []), strict=False))
        result.append_invalid_row(number, row, ValidationError(faults))
        result.totals[RowResult.IMPORT_TYPE_INVALID] += 1
