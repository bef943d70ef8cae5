"""What a record said when a page was opened, as the page carries it: the base of a merge."""

from collections.abc import Mapping

from django.core import signing

_PACKED = "activities.theme_day.contents"


def pack_contents(contents: Mapping[str, str]) -> str:
    """Pack contents for a page to carry: signed, and a tenth as long as they are."""
    return signing.dumps(dict(contents), salt=_PACKED, compress=True)


def read_contents(packed: str) -> dict[str, str] | None:
    """Read contents that a page carried; None for anything that we did not pack."""
    try:
        contents: dict[str, str] = signing.loads(packed, salt=_PACKED)
    except signing.BadSignature:
        return None
    return contents
