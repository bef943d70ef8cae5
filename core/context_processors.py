"""What every page needs besides its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import impersonation

TEXT_SIZES = {"": "标准", "l": "大字", "xl": "特大"}
CONTRASTS = {"": "普通颜色", "high": "高对比度"}
TEXT_SIZE_COOKIE = "text-size"
CONTRAST_COOKIE = "contrast"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return text size, contrast, help telephone, names, whose pages these are. No query: the error pages use it too."""
    size = request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    contrast = request.COOKIES.get(CONTRAST_COOKIE, "")
    return {
        "text_size": size if size in TEXT_SIZES else "",
        "contrast": contrast if contrast in CONTRASTS else "",
        "text_sizes": TEXT_SIZES.items(),
        "portal_name": settings.SITE_NAME,
        "help_phone": settings.HELP_PHONE,
        "demo_banner": settings.DEMO_BANNER,
        "impersonation": impersonation.of(request),
    }
