"""The form of ``kept_form_urls`` as a browser fills it in."""

import re

PAGE = "/log/?m=2026-11"
FILLED = {"topic": "重阳节主题党日", "here": ["1", "2"], "secret_password": "不留"}


def hidden(page, name):
    """Return what the hidden field NAME of PAGE holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
