"""Pages that refuse, written once for each look: whoever tries addresses asks for thousands of them.

What differs from one visitor to the next is the address he asked for, the secret of his forms and
the reason, and only these are filled in. Nothing of a visitor is kept.
"""

import re
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import conditional_escape

from core.context_processors import page

# Stand-ins for what is filled in, of letters that no text has.
_ADDRESS, _SECRET, _REASON = (f"\ue000{name}\ue001" for name in ("address", "secret", "reason"))
_GAPS = re.compile(f"({_ADDRESS}|{_SECRET}|{_REASON})")
# By template, whether there is a reason, and look: letters, contrast, and what the settings say.
_written: dict[tuple[Any, ...], list[str]] = {}


def refuse(request: HttpRequest, template: str, status: int, reason: str = "") -> HttpResponse:
    """Return the page of TEMPLATE with the REASON; no query."""
    shown = page(request)
    if shown.pop("impersonation") is not None:  # that page names both accounts
        return render(request, template, {"reason": reason}, status=status)
    look = (template, bool(reason), *(str(value) for value in shown.values()))
    if look not in _written:
        _written[look] = _pieces(template, shown, has_reason=bool(reason))
    filled = {
        _ADDRESS: conditional_escape(request.get_full_path()),
        _SECRET: get_token(request),
        _REASON: conditional_escape(reason),
    }
    return HttpResponse("".join(filled.get(each, each) for each in _written[look]), status=status)


def _pieces(template: str, shown: dict[str, Any], *, has_reason: bool) -> list[str]:
    """Return the page of TEMPLATE in pieces: its own text, and by turns what is to be filled in."""
    told = {
        "csrf_token": _SECRET,
        "request": SimpleNamespace(get_full_path=_ADDRESS),
        "reason": _REASON if has_reason else "",
    }
    return _GAPS.split(render_to_string(template, shown | told))
