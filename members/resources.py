"""The register, its ties and transfers as tables: export only, sealed columns masked; rosters come in by their own way."""

from typing import Any

from import_export import fields, widgets

from branches.scoping import ScopedResource
from core.codes import CodeBook
from core.resources import ChoiceWidget, MaskedWidget
from members.columns import CODED, MAY_BE_MONTH
from members.enums import AffiliationKind, Gender, MemberKind, PersonKind, TransferState
from members.models import Affiliation, Member, Transfer
from members.parameters import modules_off_for
from members.roster.columns import BY_FIELD
from members.rules.missing import labels
from members.rules.search import member_number


class CodeWidget(ChoiceWidget):
    """Shows the name of a code of TABLE."""

    def __init__(self, table: str) -> None:
        super().__init__(())
        self.table = table


class NumberWidget(widgets.Widget):
    """Shows a member's number."""

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return it as it is told and typed: eight digits."""
        return member_number(value)


class RoughDateWidget(widgets.Widget):
    """Shows the date NAME, or its month where only that is known; rosters read it as one."""

    beside = "month_only"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def render(self, value: Any, obj: Any = None, **_: Any) -> Any:
        """Return 1948-03 when OBJ, the record's ``month_only``, names the date."""
        if value and obj and self.name in obj.split(","):
            return f"{value:%Y-%m}"
        return value


class MissingWidget(widgets.Widget):
    """Names what a record still lacks."""

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the labels of the missing facts."""
        return "、".join(labels(value))


def _column(name: str, attribute: str = "", widget: widgets.Widget | None = None) -> fields.Field:
    """Return the roster's column NAME under its standard heading; ATTRIBUTE is what is shown."""
    heading = BY_FIELD[name].heading
    if name in MAY_BE_MONTH:
        widget = RoughDateWidget(name)
    return fields.Field(attribute or name, column_name=heading, widget=widget, readonly=True)


class MemberResource(ScopedResource):
    """What leaves the portal about members: no health, no full number, no telephone (domain §6.5).

    Columns and headings are those by which the roster pipeline reads (``members.roster.columns``),
    so that what went out is recognised when it comes back.
    """

    number = fields.Field("pk", "党员编号", NumberWidget(), readonly=True)
    name = _column("name")
    gender = _column("gender", widget=ChoiceWidget(Gender.choices))
    ethnicity = _column("ethnicity", widget=CodeWidget("ethnicity"))
    id_number = _column("id_number", widget=MaskedWidget("id"))
    birth_date = _column("birth_date")
    education = _column("education", widget=CodeWidget("education"))
    branch_code = _column("branch_code", "branch__code")
    branch = _column("branch", "branch__name")
    group = _column("group", "group__name")
    member_kind = _column("member_kind", widget=ChoiceWidget(MemberKind.choices))
    join_date = _column("join_date")
    full_date = _column("full_date")
    person_kind = _column("person_kind", widget=ChoiceWidget(PersonKind.choices))
    work_start = _column("work_start")
    retire_date = _column("retire_date")
    former_unit = _column("former_unit")
    former_post = _column("former_post")
    rank = _column("rank", widget=CodeWidget("rank"))
    phone = _column("phone", widget=MaskedWidget("phone"))
    community = _column("community", "community__name")
    missing = fields.Field("missing_fields", "待补资料", MissingWidget(), readonly=True)

    class Meta:
        model = Member
        fields = (
            *("number", "name", "gender", "ethnicity", "id_number", "birth_date", "education"),
            *("branch_code", "branch", "group", "member_kind", "join_date", "full_date"),
            *("person_kind", "work_start", "retire_date", "former_unit", "former_post", "rank"),
            *("phone", "community", "missing"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in modules_off_for(self.user):
            self.fields.pop(name, None)

    def get_export_order(self) -> tuple[str, ...]:
        """Offer what is kept here: no column of a module that is off."""
        return tuple(name for name in super().get_export_order() if name in self.fields)

    def before_export(self, queryset: Any, **_: Any) -> None:
        """Read the code tables once."""
        book = CodeBook(*CODED.values())
        for field in self.fields.values():
            if isinstance(field.widget, CodeWidget):
                field.widget.names = book.names(field.widget.table)


class AffiliationResource(ScopedResource):
    """隶属 and 活动组织 with their dates."""

    number = fields.Field("member_id", "党员编号", NumberWidget())
    name = fields.Field("member__name", "姓名")
    kind = fields.Field("kind", "关系", ChoiceWidget(AffiliationKind.choices))
    branch_code = fields.Field("branch__code", "组织代码")
    branch = fields.Field("branch__name", "党组织")
    started_on = fields.Field("started_on", "开始日期")
    ended_on = fields.Field("ended_on", "结束日期")
    document = fields.Field("document", "依据")
    end_reason = fields.Field("end_reason", "结束原因")
    withdrawn_on = fields.Field("withdrawn_on", "登记错了，撤回日期")

    class Meta:
        model = Affiliation
        fields = (
            *("number", "name", "kind", "branch_code", "branch", "started_on", "ended_on"),
            *("document", "end_reason", "withdrawn_on"),
        )


class TransferResource(ScopedResource):
    """Who is on the way, received, sent back: 在途清单."""

    number = fields.Field("member_id", "党员编号", NumberWidget())
    name = fields.Field("member__name", "姓名")
    unit = fields.Field("batch__unit", "移交单位")
    from_branch = fields.Field("from_branch__name", "转出党支部")
    to_branch = fields.Field("to_branch__name", "转入党支部")
    letter_no = fields.Field("letter_no", "介绍信编号")
    issued_on = fields.Field("issued_on", "开具日期")
    due_on = fields.Field("due_on", "有效期至")
    dues_paid_to = fields.Field("dues_paid_to", "党费交至")
    moves_on = fields.Field("moves_on", "转接日期")
    state = fields.Field("state", "状态", ChoiceWidget(TransferState.choices))
    received_on = fields.Field("received_on", "接收日期")
    receipt_on = fields.Field("receipt_on", "回执日期")
    returned_on = fields.Field("returned_on", "退回日期")
    reason = fields.Field("reason", "退回原因")

    class Meta:
        model = Transfer
        fields = (
            *("number", "name", "unit", "from_branch", "to_branch", "letter_no", "issued_on"),
            *("due_on", "dues_paid_to", "moves_on", "state", "received_on", "receipt_on"),
            *("returned_on", "reason"),
        )
