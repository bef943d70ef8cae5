"""Normalising of what people type; the forms that are stored, compared and indexed."""

import re
import unicodedata

# Characters that look like nothing but break equality: zero-width, BOM, direction overrides.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"\s+")


def clean(value: str) -> str:
    """Return VALUE as NFKC without invisible or control characters, blanks folded and trimmed."""
    value = _INVISIBLE.sub("", unicodedata.normalize("NFKC", value))
    return _BLANKS.sub(" ", _CONTROL.sub("", value)).strip()


def prose(value: str) -> str:
    """Return a line of prose as typed, full-width punctuation kept, without what cannot be seen."""
    return _BLANKS.sub(" ", _CONTROL.sub("", _INVISIBLE.sub("", value))).strip()


def squeeze(value: str) -> str:
    """Return VALUE cleaned, with no blanks at all: numbers and codes."""
    return clean(value).replace(" ", "")


def login_name(value: str) -> str:
    """Return the form of a sign-in name that is stored and compared: NFKC, no blanks, casefolded."""
    return squeeze(value).casefold()


def id_number(value: str) -> str:
    """Return an ID number in its one stored form: no blanks, capital X."""
    return squeeze(value).upper()


def phone(value: str) -> str:
    """Return a telephone number as digits only, keeping a leading plus."""
    value = squeeze(value)
    return re.sub(r"(?!^\+)[^0-9]", "", value)
