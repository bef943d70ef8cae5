"""Normalising of what people type; the forms that are stored, compared and indexed."""

import re
import unicodedata
from collections.abc import Iterable

# What nobody sees but what breaks equality: controls, zero-width marks, byte order, direction.
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\xad"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_BLANKS = re.compile(r"\s+")
_ENDS = frozenset("。！？；：…")


def clean(value: str) -> str:
    """Return VALUE as NFKC without invisible or control characters, blanks folded and trimmed."""
    # Unseen characters go first: they keep apart what belongs together.
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", _UNSEEN.sub("", value))).strip()


def prose(value: str) -> str:
    """Return a line of prose as typed, full-width punctuation kept, without what cannot be seen."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", value)).strip()


def paragraphs(value: str) -> str:
    """Return several lines of prose, each as ``prose``."""
    return "\n".join(map(prose, value.splitlines())).strip()


def sentences(said: Iterable[str]) -> str:
    """Return what is SAID as one text: a sentence ends with its own mark, anything else with ；."""
    whole = ""
    for each in said:
        whole += f"；{each}" if whole and whole[-1] not in _ENDS else each
    return whole


def seen(value: str) -> str:
    """Return VALUE with what nobody sees made visible: ␣ for a blank, ▯ for an unseen character."""
    return re.sub(r"\s", "␣", _UNSEEN.sub("▯", value))


def squeeze(value: str) -> str:
    """Return VALUE cleaned, with no blanks at all: numbers and codes."""
    return unicodedata.normalize("NFKC", clean(value).replace(" ", ""))


def login_name(value: str) -> str:
    """Return the form of a sign-in name that is stored and compared: NFKC, no blanks, casefolded."""
    return squeeze(squeeze(value).casefold())


def id_number(value: str) -> str:
    """Return an ID number in its one stored form: no blanks, capital X."""
    return squeeze(squeeze(value).upper())


def phone(value: str) -> str:
    """Return a telephone number as digits only, keeping a leading plus."""
    value = squeeze(value)
    return re.sub(r"(?!^\+)[^0-9]", "", value)
