"""Which column of a sheet is which: headings as bureaus write them (domain §3.1, §3.3 items 16, 17)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core import text
from members.codes import SEVERAL


class Kind(StrEnum):
    """How the cells of a column are read."""

    NAME = "name"
    ID = "id"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    CODE = "code"
    CODES = "codes"
    YES_NO = "yes_no"
    YEAR = "year"
    MONEY = "money"
    PHONE = "phone"
    BRANCH = "branch"
    BRANCH_CODE = "branch_code"
    GROUP = "group"
    COMMUNITY = "community"
    GRID = "grid"
    LINKS = "links"


@dataclass(frozen=True)
class Column:
    """One field of the register as a roster carries it: standard heading, variants, kind of cell.

    ``codes`` names the code table of a CODE or CODES column (``core.Code``, or the choices of PartyStatus).
    """

    field: str
    heading: str
    kind: Kind
    variants: tuple[str, ...] = ()
    codes: str = ""


COLUMNS: tuple[Column, ...] = (
    Column("name", "姓名", Kind.NAME, ("党员姓名", "名字", "姓名全称")),
    Column("gender", "性别", Kind.CODE, (), "gender"),
    Column("ethnicity", "民族", Kind.CODE, ("族别",), "ethnicity"),
    Column(
        "id_number",
        "公民身份号码",
        Kind.ID,
        (
            "身份证号",
            "身份证号码",
            "公民身份证号",
            "公民身份证号码",
            "身份证",
            "证件号码",
            "证件号",
        ),
    ),
    Column("birth_date", "出生日期", Kind.DATE, ("出生年月", "出生年月日", "出生时间", "生日")),
    Column("birth_date_archive", "档案出生日期", Kind.DATE, ("档案出生年月", "档案出生时间")),
    Column("birth_date_reason", "出生日期不一致的说明", Kind.TEXT, ("出生日期说明",)),
    Column("education", "学历", Kind.CODE, ("文化程度", "最高学历"), "education"),
    Column("degree", "学位", Kind.CODES, ("最高学位",), SEVERAL["degree"]),
    Column("major", "专业", Kind.TEXT, ("所学专业",)),
    Column("native_place", "籍贯", Kind.TEXT, ("祖籍",)),
    Column("household_place", "户籍地", Kind.TEXT, ("户口所在地", "户籍所在地")),
    Column("join_date", "入党日期", Kind.DATE, ("入党时间", "加入党组织日期", "入党年月")),
    Column("full_date", "转正日期", Kind.DATE, ("转正时间", "转为正式党员日期", "转正年月")),
    Column("member_kind", "党员类别", Kind.CODE, ("党员性质", "党员类型"), "member_kind"),
    Column("party_status", "党籍状态", Kind.CODE, (), "party_status"),
    Column("lost_contact_on", "失去联系日期", Kind.DATE, ("失联日期",)),
    Column("lost_contact_code", "失联情形", Kind.CODE, (), "lost_contact"),
    Column("floating", "是否流动党员", Kind.YES_NO, ("流动党员",)),
    Column("floating_note", "外出流向", Kind.TEXT, ("流动类型",)),
    Column(
        "branch",
        "所在党支部",
        Kind.BRANCH,
        (
            "所属支部",
            "所在支部",
            "党支部名称",
            "组织关系所在支部",
            "所属党支部",
            "党支部",
            "支部名称",
        ),
    ),
    Column("branch_code", "支部代码", Kind.BRANCH_CODE, ("党支部代码", "组织代码", "党组织代码")),
    Column("group", "党小组", Kind.GROUP, ("所在小组", "所在党小组")),
    Column(
        "activity_orgs",
        "活动组织",
        Kind.LINKS,
        ("就近活动支部", "活动支部", "活动组织名称", "就近活动组织"),
    ),
    Column("person_kind", "人员类别", Kind.CODE, ("离退休类别", "干部类别"), "person_kind"),
    Column(
        "work_start",
        "参加工作时间",
        Kind.DATE,
        ("参加工作日期", "参加革命工作时间", "参加工作年月"),
    ),
    Column("revolution_period", "参加革命时期", Kind.CODE, ("时期",), "revolution_period"),
    Column(
        "retire_date",
        "离退休时间",
        Kind.DATE,
        (
            "退休时间",
            "离休时间",
            "退(离)休年月",
            "离退休日期",
            "退休日期",
            "退休年月",
            "离(退)休时间",
        ),
    ),
    Column("former_unit", "原工作单位", Kind.TEXT, ("原单位", "退休单位", "退休前单位")),
    Column("former_post", "原职务", Kind.TEXT, ("退休前职务",)),
    Column(
        "rank",
        "职级/享受待遇",
        Kind.CODE,
        ("待遇", "职务层次", "享受级别", "享受待遇", "职级"),
        "rank",
    ),
    Column("dues_base", "党费计算基数", Kind.MONEY, ("月养老金", "党费基数")),
    Column(
        "phone",
        "联系电话",
        Kind.PHONE,
        ("手机", "手机号", "手机号码", "电话", "联系方式", "电话号码"),
    ),
    Column("phone2", "固定电话", Kind.PHONE, ("家庭电话", "座机")),
    Column("address", "居住地址", Kind.TEXT, ("现住址", "家庭住址", "居住地", "家庭地址", "住址")),
    Column("community", "居住社区", Kind.COMMUNITY, ("所在社区",)),
    Column("grid", "网格", Kind.GRID, ("所在网格",)),
    Column("building", "楼栋", Kind.TEXT, ("小区楼栋", "网格/楼栋")),
    Column("emergency_name", "紧急联系人", Kind.TEXT, ("联系人",)),
    Column("emergency_phone", "紧急联系人电话", Kind.PHONE, ("家属电话", "联系人电话")),
    Column("emergency_relation", "与紧急联系人关系", Kind.TEXT, ("与联系人关系", "联系人关系")),
    Column("skills", "特长", Kind.CODES, ("专长", "爱好特长"), SEVERAL["skills"]),
    Column("health", "健康状况", Kind.CODE, ("身体状况",), "health"),
    Column("self_care", "自理能力", Kind.CODE, ("能否自理",), "self_care"),
    Column("empty_nest", "空巢情况", Kind.CODE, ("空巢", "独居"), "empty_nest"),
    Column("hardship", "困难情况", Kind.CODES, ("困难类别",), SEVERAL["hardship"]),
    Column("medal50", "光荣在党50年", Kind.YES_NO, ("纪念章",)),
    Column("medal50_year", "纪念章年份", Kind.YEAR, ()),
    Column("remark", "备注", Kind.LONG_TEXT, ("说明",)),
)
BY_FIELD: dict[str, Column] = {column.field: column for column in COLUMNS}
BRANCH_FIELDS = frozenset({"branch", "branch_code"})
LINKS = "activity_orgs"
# A heading that means one thing on the Party's form and another in a bureau's roster (domain N10).
AMBIGUOUS = frozenset({"人员类别", "人员类型", "类别"})

HEAD_ROWS = 10
SAMPLE_ROWS = 300
_MARKS = re.compile(r"[*★☆:：、，。\s]|^\d+[.、]")
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")


def heading_key(heading: str) -> str:
    """Return the form in which headings are compared: NFKC, no blanks, no asterisks or numbering."""
    return _MARKS.sub("", text.squeeze(heading))


_BY_HEADING: dict[str, str] = {
    heading_key(heading): column.field
    for column in COLUMNS
    for heading in (column.heading, *column.variants)
}


def field_of(heading: str) -> str | None:
    """Return the field a heading stands for; a hint in brackets is looked past. None: not known."""
    key = heading_key(heading)
    return _BY_HEADING.get(key) or _BY_HEADING.get(_BRACKETS.sub("", key))


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


@dataclass(frozen=True)
class Layout:
    """The heading of a sheet: where it stands, what it says, which field each column fills.

    ``fields`` has one entry a column: a field, or "" for a column that is not imported.
    """

    first_row: int
    last_row: int
    headings: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings of the columns that are not imported."""
        pairs = zip(self.headings, self.fields, strict=True)
        return tuple(heading for heading, field in pairs if heading and not field)

    def heading_of(self, field: str) -> str:
        """The user's own heading of FIELD, or the standard one where the sheet has none."""
        if field in self.fields:
            return self.headings[self.fields.index(field)]
        return BY_FIELD[field].heading if field in BY_FIELD else field


Row = tuple[int, Sequence[object]]


def recognise(rows: Sequence[Row], *, needs_branch: bool) -> Layout:
    """Find the heading in the first ten of ROWS and say which column is which.

    ROWS are (row number, cells), the heading and a sample of what stands below it. Title rows
    above are passed over and two-line headings joined. NEEDS_BRANCH: nobody named a branch for
    the whole file. Raises HeadingRefused with every fault.
    """
    layout = _find(rows)
    layout = _settle_ambiguous(
        layout, [cells for number, cells in rows if number > layout.last_row]
    )
    faults = _duplicates(layout) + _lacking(layout, needs_branch=needs_branch)
    if faults:
        raise HeadingRefused(faults)
    return layout


def with_fields(layout: Layout, fields: Sequence[str], *, needs_branch: bool) -> Layout:
    """Return LAYOUT with its columns filling FIELDS; HeadingRefused when that cannot be imported."""
    chosen = Layout(layout.first_row, layout.last_row, layout.headings, tuple(fields))
    faults = _duplicates(chosen) + _lacking(chosen, needs_branch=needs_branch)
    if faults:
        raise HeadingRefused(faults)
    return chosen


def _find(rows: Sequence[Row]) -> Layout:
    """Return the heading line, or pair of lines, that names most fields; one line rather than two."""
    best: tuple[tuple[int, bool], Layout] | None = None
    above: tuple[int, tuple[str, ...]] | None = None
    for number, cells in rows[:HEAD_ROWS]:
        headings = _headings(cells)
        candidates = [_layout(number, number, headings)]
        if above is not None:
            candidates.append(_layout(above[0], number, _joined(above[1], headings)))
        for layout in candidates:
            score = (len(set(layout.fields) - {""}), layout.first_row == layout.last_row)
            if best is None or score > best[0]:
                best = (score, layout)
        above = (number, headings)
    if best is None or not {"name", "id_number"} & set(best[1].fields):
        raise HeadingRefused([_no_heading()])
    return best[1]


def _layout(first: int, last: int, headings: tuple[str, ...]) -> Layout:
    return Layout(first, last, headings, tuple(field_of(heading) or "" for heading in headings))


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
    return tuple("" if cell is None else text.clean(str(cell))[:50] for cell in cells)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Two heading lines as one: below wins where it is known, for the line above is then its group."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    return tuple(
        low if low and (field_of(low) or not field_of(high)) else high
        for high, low in zip(above, below, strict=True)
    )


def _settle_ambiguous(layout: Layout, sample: Sequence[Sequence[object]]) -> Layout:
    """Read 人员类别 by its values: 正式/预备 is the member kind, 离休/退休 the person kind."""
    fields = list(layout.fields)
    for index, heading in enumerate(layout.headings):
        if heading_key(heading) not in AMBIGUOUS or "member_kind" in fields:
            continue
        values = {text.squeeze(str(row[index] or "")) for row in sample if index < len(row)} - {""}
        about_membership = {value for value in values if value.startswith(("正式", "预备"))}
        if about_membership and about_membership != values:
            raise HeadingRefused([_mixed(layout.last_row, heading)])
        fields[index] = "member_kind" if about_membership else "person_kind"
    return Layout(layout.first_row, layout.last_row, layout.headings, tuple(fields))


def _mixed(row: int, heading: str) -> HeadingFault:
    return HeadingFault(
        row=row,
        column=heading,
        code="ambiguous_heading",
        message=(
            f"“{heading}”这一列里既有正式、预备，又有离休、退休，分不清是党员类别还是人员类别。"
            "请分成“党员类别”和“人员类别”两列。"
        ),
    )


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
