"""The register as a table: export only, sealed columns masked; rosters come in by their own way."""

from collections.abc import Iterable
from typing import Any

from import_export import fields, widgets

from branches.scoping import ScopedResource
from core.codes import CodeBook
from core.display import masked
from members.columns import CODED, MAY_BE_MONTH
from members.enums import Gender, MemberKind, PersonKind
from members.models import Member
from members.roster.columns import BY_FIELD
from members.rules.missing import labels
from members.rules.search import member_number


class MaskedWidget(widgets.Widget):
    """Shows a sealed column with its middle hidden (domain §6.3)."""

    def __init__(self, mask: str) -> None:
        super().__init__()
        self.mask = mask

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the masked text."""
        return masked(value or "", self.mask)


class CodeWidget(widgets.Widget):
    """Shows the name of a code of TABLE, or of one of the CHOICES."""

    def __init__(self, table: str = "", choices: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.table = table
        self.names = {code: str(name) for code, name in choices}

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the name; an unknown code shows as itself."""
        return self.names.get(value, value or "")


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
    gender = _column("gender", widget=CodeWidget(choices=Gender.choices))
    ethnicity = _column("ethnicity", widget=CodeWidget("ethnicity"))
    id_number = _column("id_number", widget=MaskedWidget("id"))
    birth_date = _column("birth_date")
    education = _column("education", widget=CodeWidget("education"))
    branch_code = _column("branch_code", "branch__code")
    branch = _column("branch", "branch__name")
    group = _column("group", "group__name")
    member_kind = _column("member_kind", widget=CodeWidget(choices=MemberKind.choices))
    join_date = _column("join_date")
    full_date = _column("full_date")
    person_kind = _column("person_kind", widget=CodeWidget(choices=PersonKind.choices))
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

    def before_export(self, queryset: Any, **_: Any) -> None:
        """Read the code tables once."""
        book = CodeBook(*CODED.values())
        for field in self.fields.values():
            if isinstance(field.widget, CodeWidget) and field.widget.table:
                field.widget.names = book.names(field.widget.table)
