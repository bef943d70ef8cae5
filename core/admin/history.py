"""What was done to one row, as the trail tells it: who, when, what, from what to what."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import DateField, DateTimeField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core import audit, dates
from core.access import signed_in
from core.models import AuditEvent
from core.paging import RegisterPaginator

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

PAGE = 20
VERB = "core.view_auditevent"
NOTHING = "—"
UNLISTED = "（有改动，内容请打开看）"


class HistoryPage(_Admin):
    """Shows the trail of a row in the place of Django's own log, to who may see the row."""

    tells_history = True  # False: nothing is done to such a row, so that its page leads to no trail
    trail_is_closed = (
        False  # True: only who may read the trail reads it here too (security §5c P23)
    )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List what the trail tells the reader of the row, the newest first; not his is 404."""
        user = signed_in(request)
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404("没有找到这条记录。")
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        if not self.has_history_permission(request):
            raise PermissionDenied("操作记录由审计员查看。")
        acts = audit.trail_of(row, row.pk).told_to(user)
        page = RegisterPaginator(acts, PAGE).get_page(request.GET.get("p"))
        names = audit.names_in(page, user)
        context = {
            **self.admin_site.each_context(request),
            "title": "操作记录",
            "opts": self.opts,
            "object": row,
            "page": page,
            "acts": [(event, _told(event, names)) for event in page],
            # An officer's own words, often about somebody: for who reads the trail itself.
            "tells_notes": user.has_perm(VERB),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def has_history_permission(self, request: HttpRequest) -> bool:
        """Say whether who may see a row may read here what was done to it."""
        return not self.trail_is_closed or signed_in(request).has_perm(VERB)


def changes_of(
    event: AuditEvent, names: Mapping[tuple[Any, str], str] | None = None
) -> list[tuple[Any, str, str, str]]:
    """Return (field or None, label, before, after) of all that EVENT changed, in words.

    What was nothing and stayed nothing is left out. NAMES gives the names of rows that others point to, by model and key; without it they stay numbers.
    """
    fields = audit.fields_of(event)
    changed = [*event.after, *(name for name in event.before if name not in event.after)]
    lines = [
        (
            fields.get(name),
            _label(event, fields.get(name), name),
            _in_words(fields.get(name), event.before.get(name), names or {}),
            _in_words(fields.get(name), event.after.get(name), names or {}),
        )
        for name in changed
    ]
    return [line for line in lines if line[2:] != (NOTHING, NOTHING)]


def _told(event: AuditEvent, names: Mapping[tuple[Any, str], str]) -> list[str]:
    """Say every change of EVENT that means something to a reader: not the columns kept for the machine."""
    return [
        f"{label}：{_step(before, after)}"
        for field, label, before, after in changes_of(event, names)
        if field is None or field.editable or field.remote_field
    ]


def _step(before: str, after: str) -> str:
    if before == after:  # a sealed or private value: named, never shown
        return after
    if UNLISTED in (before, after):
        return UNLISTED
    if before == NOTHING:
        return f"填写“{after}”"
    return f"“{before}”清空了" if after == NOTHING else f"“{before}”改成“{after}”"


def _label(event: AuditEvent, field: Any, name: str) -> str:
    if field is None:
        return str(getattr(event.model, "trail_words", {}).get(name, name))
    return "编号" if field.primary_key else str(field.verbose_name)


def _in_words(field: Any, value: Any, names: Mapping[tuple[Any, str], str]) -> str:
    """Return a value of the trail as people say it: a name, a day, 是 or 否, nothing as a dash."""
    if value in audit.NOTHING:
        return NOTHING
    if value == audit.CHANGED:
        return audit.CHANGED
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):  # settings are read by their own names, where they are kept
        return UNLISTED if field else f"{len(value)}项"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(field, DateField) and not isinstance(field, DateTimeField):
        return dates.words(dt.date.fromisoformat(value))
    if getattr(field, "remote_field", None):
        return names.get((field.related_model, str(value)), str(value))
    return str(dict(getattr(field, "flatchoices", ())).get(value, value))
