"""The mark by which a form finds its owner again."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import drafts, impersonation

register = template.Library()


@register.simple_tag(takes_context=True)
def keep_form(context: dict[str, Any]) -> SafeString:
    """Draw the hidden field that says, signed, who opened this form."""
    request = context["request"]
    # Whoever views the page for its owner gets no mark of his: nothing is kept in his name later.
    mark = "" if impersonation.of(request) else drafts.owner_mark(request.user)
    return format_html('<input type="hidden" name="{}" value="{}">', drafts.OWNER_FIELD, mark)
