"""What rosters call branches, as people said on the way: seen here, and removed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.access import signed_in
from core.admin.base import HouseAdmin
from members.actions.learnt import forget_alias
from members.admin.listing import OneVerbMixin
from members.models import BranchAlias
from members.roster.learnt import may_forget
from members.roster.turns import VERB


@admin.register(BranchAlias)
class BranchAliasAdmin(OneVerbMixin, HouseAdmin):
    """党支部别名: made on the preview of a roster, removed here."""

    verb = VERB
    list_display = ("name", "branch", "by", "at")
    list_select_related = ("branch", "by")
    search_fields = ("name", "branch__name")
    sortable_by = ()
    fields = ("name", "branch", "by", "at")
    readonly_fields = fields
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: it is said where a roster needs it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may import may remove one, within the territory that he looks after."""
        user = signed_in(request)
        return user.has_perm(VERB) and (obj is None or may_forget(user, obj))

    def delete_model(self, request: HttpRequest, obj: BranchAlias) -> None:
        """Remove it with a row in the trail."""
        forget_alias(by=signed_in(request), alias=obj)
