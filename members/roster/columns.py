"""The columns of a roster: fields, and their headings as bureaus write them (domain §3.1)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from core import text
from members.codes import SEVERAL
from members.enums import Consent
from members.rules.consents import day_of


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
    COMPARED = "compared"  # told what it contradicts, never stored


PLACES = frozenset({Kind.BRANCH, Kind.BRANCH_CODE, Kind.GROUP, Kind.COMMUNITY, Kind.GRID})


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
    Column(
        "id_type",
        "证件类型",
        Kind.CODE,
        ("证件种类", "证件名称", "证件类别", "身份证件类型"),
        "id_type",
    ),
    Column("birth_date", "出生日期", Kind.DATE, ("出生年月", "出生年月日", "出生时间", "生日")),
    Column("birth_date_archive", "档案出生日期", Kind.DATE, ("档案出生年月", "档案出生时间")),
    Column("birth_date_reason", "出生日期不一致的说明", Kind.TEXT, ("出生日期说明",)),
    Column("age", "年龄", Kind.COMPARED, ("周岁", "周岁年龄", "实足年龄")),
    Column("education", "学历", Kind.CODE, ("文化程度", "最高学历"), "education"),
    Column("degree", "学位", Kind.CODES, ("最高学位",), SEVERAL["degree"]),
    Column("major", "专业", Kind.TEXT, ("所学专业",)),
    Column("native_place", "籍贯", Kind.TEXT, ("祖籍",)),
    Column("household_place", "户籍地", Kind.TEXT, ("户口所在地", "户籍所在地")),
    Column("join_date", "入党日期", Kind.DATE, ("入党时间", "加入党组织日期", "入党年月")),
    Column("full_date", "转正日期", Kind.DATE, ("转正时间", "转为正式党员日期", "转正年月")),
    Column("member_kind", "党员类别", Kind.CODE, ("党员性质", "党员类型"), "member_kind"),
    Column("party_status", "党籍状态", Kind.CODE, (), "party_status"),
    Column("lost_contact", "是否失联党员", Kind.COMPARED, ("失联党员", "是否失联")),
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
    Column(
        "contact_agreed_on",
        "紧急联系人同意",
        Kind.DATE,
        (
            *("紧急联系人同意日期", "同意登记紧急联系人", "联系人同意", "联系人同意日期"),
            *("家属同意", "同意项(紧急联系人)", "同意项紧急联系人"),
        ),
    ),
    Column("skills", "特长", Kind.CODES, ("专长", "爱好特长"), SEVERAL["skills"]),
    Column(
        "health_agreed_on",
        "同意登记健康信息",
        Kind.DATE,
        (
            *("健康信息同意日期", "健康同意日期", "健康自理信息同意日期", "同意登记健康信息日期"),
            *("健康信息同意", "健康自理同意", "健康同意", "同意项(健康)", "同意项健康"),
        ),
    ),
    Column("health", "健康状况", Kind.CODE, ("身体状况",), "health"),
    Column("self_care", "自理能力", Kind.CODE, ("能否自理",), "self_care"),
    Column("empty_nest", "空巢情况", Kind.CODE, ("空巢", "是否空巢", "独居"), "empty_nest"),
    Column("hardship", "困难情况", Kind.CODES, ("困难类别",), SEVERAL["hardship"]),
    Column(
        "needs_home_study",
        "行动不便，送学上门",
        Kind.YES_NO,
        ("行动不便", "是否行动不便", "送学上门", "是否送学上门", "需要送学上门"),
    ),
    Column(
        "talent_agreed_on",
        "同意进入人才库",
        Kind.DATE,
        (
            *("人才库同意日期", "入人才库同意日期", "同意进入人才库日期", "同意入人才库"),
            *("人才库同意", "人才同意", "同意项(人才库)", "同意项人才库", "同意项人才"),
        ),
    ),
    Column(
        "display_agreed_on",
        "同意亮身份",
        Kind.DATE,
        (
            *("亮身份同意日期", "身份展示同意日期", "同意亮身份日期", "同意身份展示"),
            *(
                "亮身份同意",
                "身份展示同意",
                "展示同意",
                "同意项(身份展示)",
                "同意项身份展示",
                "同意项亮身份",
            ),
        ),
    ),
    Column(
        "photo_agreed_on",
        "同意公开照片和事迹",
        Kind.DATE,
        (
            *("照片公开同意", "照片公开同意日期", "同意公开照片", "照片同意", "事迹公开同意"),
            *("照片与事迹公开", "照片与事迹公开同意", "照片和事迹公开同意"),
            *("照片与事迹公开同意日期", "同意项(照片)", "同意项照片"),
        ),
    ),
    Column(
        "sms_agreed_on",
        "同意接收短信提醒",
        Kind.DATE,
        (
            *("短信提醒同意", "短信提醒同意日期", "同意短信提醒", "短信提醒", "短信同意"),
            *("同意项(短信)", "同意项短信"),
        ),
    ),
    Column("medal50", "光荣在党50年", Kind.YES_NO, ("纪念章",)),
    Column("medal50_year", "纪念章年份", Kind.YEAR, ()),
    Column("remark", "备注", Kind.LONG_TEXT, ("说明",)),
)
BY_FIELD: dict[str, Column] = {column.field: column for column in COLUMNS}
BRANCH_FIELDS = frozenset({"branch", "branch_code"})
LINKS = "activity_orgs"
# Stored as a day, though a roster may know only the month of it: no fact of a life.
CONSENTS = frozenset(map(day_of, Consent))
COMPARED = frozenset(each.field for each in COLUMNS if each.kind == Kind.COMPARED)
NOT_IMPORTED = "（不导入）"
# What counts the rows, and what stands in front of those that came back.
_NO_FIELD = frozenset(
    {"序号", "序", "编号", "行号", "顺序号", "no", "工作表", "原行号", "退回原因"}
)

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


def labels(fields: Iterable[str]) -> str:
    """Return the standard headings of FIELDS for a sentence: 联系电话、居住地址."""
    return "、".join(BY_FIELD[name].heading for name in fields)


def is_no_field(heading: str) -> bool:
    """Return whether a column with HEADING is known to hold nothing of a person."""
    key = heading_key(heading).casefold()
    return key in _NO_FIELD or key.startswith("备注")


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
    def width(self) -> int:
        """How many columns there are up to the last with a heading."""
        return max((at for at, named in enumerate(self.headings, 1) if named), default=0)

    @property
    def where(self) -> str:
        """Where the heading stands: 第4行, or 第3—4行 of one in two lines; empty where there is none."""
        if not self.last_row:
            return ""
        first = f"{self.first_row}—" if self.first_row < self.last_row else ""
        return f"第{first}{self.last_row}行"

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings of the columns that are not imported."""
        pairs = zip(self.headings, self.fields, strict=True)
        return tuple(heading for heading, field in pairs if heading and not field)

    def headings_of(self, fields: Collection[str]) -> list[str]:
        """Return the headings of the columns that fill FIELDS or, not imported, would by their plain meaning."""
        pairs = zip(self.headings, self.fields, strict=True)
        return [each for each, field in pairs if (field or field_of(each)) in fields]

    def without(self, fields: Collection[str]) -> "Layout":
        """Return the same heading where the columns of FIELDS are not imported."""
        kept = tuple("" if field in fields else field for field in self.fields)
        return replace(self, fields=kept)

    def heading_of(self, field: str) -> str:
        """The user's own heading of FIELD, or the standard one where the sheet has none."""
        if field in self.fields:
            return self.headings[self.fields.index(field)]
        return BY_FIELD[field].heading if field in BY_FIELD else field
