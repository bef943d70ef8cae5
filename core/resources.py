"""What tables of registers are made of, and the trail as one: export only."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from import_export import fields, resources, widgets

from core.display import masked
from core.models import AuditEvent, User


class VisibleResource(resources.ModelResource):
    """A spreadsheet of a register: what USER sees; without one there are no rows."""

    def __init__(self, user: User | AnonymousUser | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.user = user or AnonymousUser()

    def filter_export(self, queryset: Any, **options: Any) -> Any:
        """Export visible rows, whatever queryset was handed in."""
        return super().filter_export(queryset, **options).visible_to(self.user)


class ChoiceWidget(widgets.Widget):
    """Shows the words of one of the CHOICES."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self.names = {code: str(name) for code, name in choices}

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the words; an unknown code shows as itself."""
        return self.names.get(value, value or "")


class MaskedWidget(widgets.Widget):
    """Shows a sealed column with its middle hidden (domain §6.3)."""

    def __init__(self, mask: str) -> None:
        super().__init__()
        self.mask = mask

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        """Return the masked text."""
        return masked(value or "", self.mask)


class AuditEventResource(VisibleResource):
    """Who did what to what, when; what changed stays on the page of the act."""

    at = fields.Field("at", "时间")
    by_name = fields.Field("by_name", "操作人")
    ip = fields.Field("ip", "来源地址")
    act = fields.Field("act", "操作")
    object_label = fields.Field("object_label", "对象")
    object_id = fields.Field("object_id", "对象编号")
    note = fields.Field("note", "说明")

    class Meta:
        model = AuditEvent
        fields = ("at", "by_name", "ip", "act", "object_label", "object_id", "note")
