"""Sheets of managing links that were registered: looked at, and taken back as a whole (SYS-04)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from branches.acting import ScopedActPages
from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.admin.base import HouseAdmin
from members import actions
from members.actions.link_import import VERB
from members.admin.listing import OneVerbMixin
from members.forms import WithdrawalForm
from members.models import LinkBatch


def _undo(request: HttpRequest, batch: LinkBatch, given: dict[str, Any]) -> Outcome:
    undone = actions.undo_links(by=signed_in(request), batch=batch, **given)
    return undone.sentence()


UNDO = Act(
    "undo",
    "整份撤回",
    "确认撤回",
    "这份表格登记错了才撤回：登记的关系都不再算数，隶属不变，记录都保留。后来已结束的保持不变。"
    "登记以后又办了别的事的，会列出是谁、什么事，一个也不撤。",
    VERB,
    WithdrawalForm,
    _undo,
    lambda batch: not batch.is_undone,
)


@admin.register(LinkBatch)
class LinkBatchAdmin(ScopedActPages, OneVerbMixin, HouseAdmin):
    """Which sheets were registered, by whom, and what they began."""

    acts = (UNDO,)
    prefix = "linkbatch"
    verb = VERB
    list_display = ("__str__", "by", "stands")
    list_select_related = ("by",)
    sortable_by = ()
    ordering = ("-pk",)
    fields = ("file_name", "by", "created_at", "number", "begun", "undone_at", "undo_reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: they come by a sheet."""
        return False

    @admin.display(description="登记了谁")
    def begun(self, batch: LinkBatch) -> str:
        """Link to the ties that the sheet began, as far as the reader may see them."""
        address = reverse("admin:members_affiliation_changelist")
        return format_html('<a href="{}?link_batch={}">看这些关系</a>', address, batch.pk)

    @admin.display(description="状态")
    def stands(self, batch: LinkBatch) -> str:
        """Show whether it was taken back."""
        return "已撤回" if batch.is_undone else "有效"
