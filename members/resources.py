"""The register as a table: export only, sealed columns masked; rosters come in by their own way."""

from typing import Any

from import_export import fields, widgets

from branches.scoping import ScopedResource
from core.codes import CodeBook
from core.display import masked
from members.columns import CODED
from members.models import Member
from members.rules.missing import labels


class MaskedWidget(widgets.Widget):
    """Shows a sealed column with its middle hidden (domain §6.3)."""

    def __init__(self, mask: str) -> None:
        super().__init__()
        self.mask = mask

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the masked text."""
        return masked(value or "", self.mask)


class CodeWidget(widgets.Widget):
    """Shows the name of a code, or of a choice."""

    names: dict[str, str]

    def __init__(self, table: str = "") -> None:
        super().__init__()
        self.table = table
        self.names = {}

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the name; an unknown code shows as itself."""
        return self.names.get(value, value or "")


def _field(name: str, heading: str, widget: widgets.Widget | None = None) -> fields.Field:
    return fields.Field(attribute=name, column_name=heading, widget=widget, readonly=True)


class MemberResource(ScopedResource):
    """What leaves the portal about members: no health, no full number, no telephone (domain §6.5)."""

    number = _field("number", "党员编号")
    name = _field("name", "姓名")
    gender = _field("get_gender_display", "性别")
    ethnicity = _field("ethnicity", "民族", CodeWidget("ethnicity"))
    id_number = _field("id_number", "公民身份号码", MaskedWidget("id"))
    birth_date = _field("birth_date", "出生日期")
    education = _field("education", "学历", CodeWidget("education"))
    branch_code = _field("branch__code", "支部代码")
    branch = _field("branch__name", "所在党支部")
    group = _field("group__name", "党小组")
    member_kind = _field("get_member_kind_display", "党员类别")
    join_date = _field("join_date", "入党日期")
    full_date = _field("full_date", "转正日期")
    person_kind = _field("get_person_kind_display", "人员类别")
    work_start = _field("work_start", "参加工作时间")
    retire_date = _field("retire_date", "离退休时间")
    former_unit = _field("former_unit", "原工作单位")
    former_post = _field("former_post", "原职务")
    rank = _field("rank", "职级/享受待遇", CodeWidget("rank"))
    phone = _field("phone", "联系电话", MaskedWidget("phone"))
    community = _field("community__name", "居住社区")
    missing = fields.Field(column_name="待补资料", readonly=True)

    class Meta:
        model = Member
        fields = (
            *("number", "name", "gender", "ethnicity", "id_number", "birth_date", "education"),
            *("branch_code", "branch", "group", "member_kind", "join_date", "full_date"),
            *("person_kind", "work_start", "retire_date", "former_unit", "former_post", "rank"),
            *("phone", "community", "missing"),
        )

    def before_export(self, queryset: Any, **_: Any) -> None:
        """Read the code tables once."""
        book = CodeBook(*CODED.values())
        for field in self.fields.values():
            if isinstance(field.widget, CodeWidget):
                field.widget.names = book.names(field.widget.table)

    def filter_export(self, queryset: Any, **options: Any) -> Any:
        """Export visible rows with what their lines need."""
        rows = super().filter_export(queryset, **options).defer(None)
        return rows.select_related("branch", "group", "community")

    def dehydrate_missing(self, member: Member) -> str:
        """Name what the record still lacks."""
        return "、".join(labels(member.missing_fields))
