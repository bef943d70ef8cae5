"""Which column of a sheet is which: its heading found, doubts told (domain §3.1, §3.3 items 16, 17).

What cannot be told is a fault. The pages ask about it; the command refuses the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import text
from core.long_numbers import has_long_number, without_long_numbers
from members.roster.columns import BRANCH_FIELDS, BY_FIELD, COLUMNS, Layout, field_of, heading_key
from members.rules import cells as cell_rules

HEAD_ROWS = 10
SAMPLE_ROWS = 2_000
_LONGEST = 50
# A heading that means one thing on the Party's form and another in a bureau's roster (domain N10).
AMBIGUOUS = frozenset({"人员类别", "人员类型", "类别"})
MEANINGS = ("member_kind", "person_kind")
_MEMBER_WORDS = ("正式", "预备")
_PERSON_WORDS = ("离休", "退休", "离退休", "企业退休", "社会化", "退职", "其他")

Row = tuple[int, Sequence[object]]
Learnt = Mapping[str, str]  # field, or "" for not imported, by the key of a heading


@dataclass(frozen=True)
class HeadingFault:
    """Why a sheet's heading cannot be used: row and heading as the user sees them, and what to do."""

    row: int
    column: str
    code: str
    message: str


class HeadingRefused(Exception):
    """The heading cannot be used; holds every fault at once."""

    def __init__(self, faults: Sequence[HeadingFault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


def recognise(rows: Sequence[Row], *, needs_branch: bool, learnt: Learnt | None = None) -> Layout:
    """Return the heading of ROWS with every column's field; HeadingRefused with every fault.

    As ``find``, for who cannot be asked.
    """
    return settled(find(rows, learnt=learnt), needs_branch=needs_branch)


def find(
    rows: Sequence[Row], *, learnt: Learnt | None = None, at: tuple[int, int] | None = None
) -> Layout:
    """Find the heading in the first ten of ROWS and say which column is which, as far as it can be told.

    ROWS are (row number, cells), the heading and a sample of what stands below it. Title rows
    above are passed over and two-line headings joined. LEARNT: what this bureau's people said of
    headings before. AT: the first and last row of the heading, chosen by hand; (0, 0) where the
    sheet has none, its columns are named by their place then. Without any heading the layout is
    empty.
    """
    learnt = learnt or {}
    layout = _best(rows, learnt) if at is None else _chosen(rows, *at, learnt)
    below = [cells for number, cells in rows if number > layout.last_row]
    is_whole = len(rows) < HEAD_ROWS + SAMPLE_ROWS
    return _settle_ambiguous(layout, below, learnt, is_whole=is_whole)


def is_somebody(rows: Sequence[Row], first: int, last: int) -> bool:
    """Return whether the lines FIRST to LAST of ROWS hold a person's number: no heading does."""
    cells = (cell for number, line in rows if first <= number <= last for cell in line)
    return any(has_long_number(str(cell)) for cell in cells)


def settled(layout: Layout, *, needs_branch: bool) -> Layout:
    """Return LAYOUT if a roster can be read by it; HeadingRefused with every fault."""
    if faults := faults_of(layout, needs_branch=needs_branch):
        raise HeadingRefused(faults)
    return layout


def with_fields(layout: Layout, fields: Sequence[str], *, needs_branch: bool) -> Layout:
    """Return LAYOUT with its columns filling FIELDS; HeadingRefused when that cannot be imported."""
    chosen = Layout(layout.first_row, layout.last_row, layout.headings, tuple(fields))
    if faults := _duplicates(chosen) + _lacking(chosen, needs_branch=needs_branch):
        raise HeadingRefused(faults)
    return chosen


def faults_of(layout: Layout, *, needs_branch: bool) -> list[HeadingFault]:
    """Return everything that keeps LAYOUT from being used.

    NEEDS_BRANCH: nobody named a branch for the whole file.
    """
    if not layout.headings:
        return [_no_heading()]
    return [
        *_doubts(layout),
        *_duplicates(layout),
        *_lacking(layout, needs_branch=needs_branch),
    ]


def _best(rows: Sequence[Row], learnt: Learnt) -> Layout:
    """Return the heading line, or pair of lines, that names most fields; one line rather than two."""
    best: tuple[tuple[int, bool], Layout] | None = None
    above: tuple[int, tuple[str, ...]] | None = None
    for number, cells in rows[:HEAD_ROWS]:
        headings = _headings(cells)
        candidates = [_layout(number, number, headings, learnt)]
        if above is not None:
            candidates.append(_layout(above[0], number, _joined(above[1], headings), learnt))
        for layout in candidates:
            score = (len(set(layout.fields) - {""}), layout.first_row == layout.last_row)
            if best is None or score > best[0]:
                best = (score, layout)
        above = (number, headings)
    if best is None or not {"name", "id_number"} & set(best[1].fields):
        return Layout(0, 0, (), ())
    return best[1]


def _chosen(rows: Sequence[Row], first: int, last: int, learnt: Learnt) -> Layout:
    cells_of = dict(rows[: HEAD_ROWS + 1])
    if not first:
        width = max((len(cells) for cells in cells_of.values()), default=0)
        headings = tuple(f"第{place}列" for place in range(1, width + 1))
        return Layout(0, 0, headings, ("",) * width)
    headings = _headings(cells_of.get(first, ()))
    if last != first:
        headings = _joined(headings, _headings(cells_of.get(last, ())))
    return _layout(first, last, headings, learnt)


def _layout(first: int, last: int, headings: tuple[str, ...], learnt: Learnt) -> Layout:
    fields = (_field_by(each, learnt) for each in headings)
    return Layout(first, last, headings, tuple(fields))


def _field_by(heading: str, learnt: Learnt) -> str:
    """Return the field of HEADING: its plain meaning, else what was learnt of it, else none."""
    return field_of(heading) or learnt.get(heading_key(heading), "")


def may_be_learnt(heading: str) -> bool:
    """Return whether HEADING means nothing plain by itself, so that a bureau may say what it is."""
    return heading_key(heading) in AMBIGUOUS or field_of(heading) is None


def _no_heading() -> HeadingFault:
    return HeadingFault(
        row=1,
        column="",
        code="no_heading",
        message=(
            f"前 {HEAD_ROWS} 行里没有找到表头。表头要有“姓名”和“公民身份号码”，"
            "请照空白模板补上表头再上传。"
        ),
    )


def _headings(cells: Sequence[object]) -> tuple[str, ...]:
    said = (without_long_numbers("" if cell is None else str(cell)) for cell in cells)
    return tuple(text.clean(each)[:_LONGEST] for each in said)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Two heading lines as one: below wins where it is known, for the line above is then its group."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    return tuple(
        low if low and (field_of(low) or not field_of(high)) else high
        for high, low in zip(above, below, strict=True)
    )


def _settle_ambiguous(
    layout: Layout, sample: Sequence[Sequence[object]], learnt: Learnt, *, is_whole: bool
) -> Layout:
    """Read 人员类别 by its values: 正式/预备 is the member kind, 离休/退休 the person kind.

    Values of both, or one of neither, leave it open (§3.3 16), unless somebody said before what it
    is here. A column that is empty down to the end of the sheet (IS_WHOLE) hides nothing.
    """
    fields = list(layout.fields)
    for index, heading in enumerate(layout.headings):
        key = heading_key(heading)
        if key not in AMBIGUOUS:
            continue
        if "member_kind" in fields[:index] + fields[index + 1 :] and "person_kind" in fields:
            continue  # this one, or another
        written = {cell_rules.plain(row[index]) for row in sample if index < len(row)}
        values = {text.squeeze(value) for value in written if value}
        empty = "person_kind" if is_whole else ""
        fields[index] = (_meaning(values) if values else empty) or learnt.get(key, "")
    return Layout(layout.first_row, layout.last_row, layout.headings, tuple(fields))


def _meaning(values: set[str]) -> str:
    """Return which of the two every one of VALUES belongs to; empty when that cannot be told."""
    if all(value.startswith(_MEMBER_WORDS) for value in values):
        return "member_kind"
    return "person_kind" if all(value.startswith(_PERSON_WORDS) for value in values) else ""


def _doubts(layout: Layout) -> list[HeadingFault]:
    """Return the ambiguous headings that are still open."""
    if "member_kind" in layout.fields and "person_kind" in layout.fields:
        return []
    return [
        HeadingFault(
            row=layout.last_row,
            column=heading,
            code="ambiguous_heading",
            message=(
                f"从“{heading}”这一列的内容分不清是党员类别（正式、预备）还是人员类别（离休、退休）。"
                "请把这一列的名称改成“党员类别”或“离退休类别”；两样都有的，分成两列。"
                "也可以在网页上上传，当场指出是哪一样。"
            ),
        )
        for heading, field in zip(layout.headings, layout.fields, strict=True)
        if not field and heading_key(heading) in AMBIGUOUS
    ]


def _duplicates(layout: Layout) -> list[HeadingFault]:
    faults = []
    for column in COLUMNS:
        named = [
            h for h, f in zip(layout.headings, layout.fields, strict=True) if f == column.field
        ]
        if len(named) > 1:
            listed = "、".join(f"“{heading}”" for heading in named)
            faults.append(
                HeadingFault(
                    row=layout.last_row,
                    column=named[1],
                    code="duplicate_heading",
                    message=f"{listed}都是“{column.heading}”，请只留一列，其余的删去或改名。",
                )
            )
    return faults


def _lacking(layout: Layout, *, needs_branch: bool) -> list[HeadingFault]:
    lacking = [BY_FIELD[f].heading for f in ("name", "id_number") if f not in layout.fields]
    if needs_branch and not BRANCH_FIELDS & set(layout.fields):
        lacking.append("所在党支部")
    return [
        HeadingFault(
            row=layout.last_row,
            column=heading,
            code="missing_column",
            message=f"缺少“{heading}”这一列，请补上再上传。"
            + ("也可以在上传时选定一个党支部。" if heading == "所在党支部" else ""),
        )
        for heading in lacking
    ]
