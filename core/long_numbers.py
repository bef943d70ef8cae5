"""Long numbers where none belongs, in a heading, a name, a purpose: somebody's ID or telephone."""

import re

from core.display import masked_in_place

# As one run, or with blanks and dashes between: of those one digit more, for a day with its hour has ten.
_LONG_NUMBER = re.compile(r"[\dXx]{10,}(?:[\s\-－][\dXx]+)*|[\dXx](?:[\s\-－]?[\dXx]){10,}")


def has_long_number(text: str) -> bool:
    """Return whether TEXT holds what looks like the number of a person or a telephone."""
    return _LONG_NUMBER.search(text) is not None


def without_long_numbers(text: str) -> str:
    """Return TEXT with long numbers taken out, for what is kept in the clear."""
    return _LONG_NUMBER.sub("", text)


def hide_long_numbers(text: str) -> str:
    """Return TEXT with long numbers hidden but for their ends."""
    return _LONG_NUMBER.sub(lambda found: masked_in_place(found[0], "phone"), text)
