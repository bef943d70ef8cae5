"""Acts on one row of a register: only where the row is the reader's to change."""

from typing import Any

from django.http import HttpRequest

from branches.scoping import get_editable_or_404, may_edit
from core.access import signed_in
from core.admin.acting import ActPages


class ScopedActPages(ActPages):
    """The pages of acts for rows in scope."""

    def may_act_on(self, request: HttpRequest, row: Any) -> bool:
        """Ask whether the reader may change ROW."""
        return may_edit(request, row)

    def row_to_act_on(self, request: HttpRequest, pk: int) -> Any:
        """Return the row; 403 where the reader only sees it, else 404."""
        rows: Any = self.model
        return get_editable_or_404(rows, signed_in(request), pk=pk)
