"""Personal numbers where none belongs, in a heading, a name, a purpose: somebody's ID or telephone."""

import re

from core.display import masked_in_place
from core.text import prose

# As one run, or with blanks and dashes between: of those one digit more, for a day with its hour has ten.
_LONG_NUMBER = re.compile(r"[\dXx]{10,}(?:[\s\-－][\dXx]+)*|[\dXx](?:[\s\-－]?[\dXx]){10,}")

# Days, a range of days, and a second as file names have it are nobody's number.
_DAY = r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
_TIME = re.compile(rf"{_DAY}[\s\-－]{_DAY}|{_DAY}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")

# An ID by the birth date in it, which no paper of these years has there; a mobile telephone.
_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{6}[\s\-－]?(?:1[89]\d\d|200\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[\s\-－]?\d{3}[\dXx]|1[3-9]\d[\s\-－]?\d{4}[\s\-－]?\d{4})(?![\dXx])"
)

# The forms of numbers of other documents than the identity card (security §5a 19, 20).
PASSPORT = r"[A-Z]{1,2}\d{7,9}"
HOME_RETURN_PERMIT = r"[HM]\d{8}(?:\d{2})?"
TAIWAN_PERMIT = r"\d{8}(?:\d{2})?|[A-Z]\d{8,10}"
_EVERY_FORM = f"{PASSPORT}|{HOME_RETURN_PERMIT}|{TAIWAN_PERMIT}"


def _as_typed(form: str) -> str:
    """Return FORM as it matches what people type: full width, with a blank or a dash between."""
    return form.replace("[A-Z]", "[A-ZＡ-Ｚ]").replace(r"\d", r"(?:[\s\-－]?\d)")


# Of these forms any is somebody's where the document is named before it, but a day is one to which
# it holds. By itself only what no building, organisation or paper is called.
_SAID_DOCUMENT = re.compile(
    r"(?P<said>(?:护照|通行证|台胞证|回乡证|居住证|证件|证号)(?:号码|号)?[\s:：是为(（]*)"
    rf"(?!{_DAY}(?!\d))(?P<number>{_as_typed(_EVERY_FORM)})(?![\s\-－]?\d)",
    re.IGNORECASE,
)
_BARE_DOCUMENT = re.compile(
    rf"(?P<said>)(?<![A-ZＡ-Ｚ\d])(?![A-ZＡ-Ｚ]{_DAY}(?!\d))"
    r"(?P<number>[A-ZＡ-Ｚ]\d{8,10}|[EＥ][A-ZＡ-Ｚ]\d{7})(?![A-ZＡ-Ｚ\d])",
    re.IGNORECASE,
)
_DOCUMENTS = (_SAID_DOCUMENT, _BARE_DOCUMENT)


def has_long_number(text: str) -> bool:
    """Return whether TEXT holds what looks like the number of a person or a telephone."""
    if any(form.search(text) for form in _DOCUMENTS):
        return True
    return any(not _is_time(found) for found in _LONG_NUMBER.finditer(text))


def without_long_numbers(text: str) -> str:
    """Return TEXT with long numbers taken out, for what is kept in the clear."""
    for form in _DOCUMENTS:
        text = form.sub(r"\g<said>", text)
    return _LONG_NUMBER.sub(lambda found: found[0] if _is_time(found) else "", text)


def hide_long_numbers(text: str) -> str:
    """Return TEXT with long numbers hidden but for their ends, those of other documents as well."""
    for form in _DOCUMENTS:
        text = form.sub(_masked_document, text)
    return _LONG_NUMBER.sub(
        lambda found: found[0] if _is_time(found) else masked_in_place(found[0], "phone"), text
    )


def kept_reason(typed: str) -> str:
    """Return a reason as TYPED in the form in which it is kept, in the clear and for good."""
    return hide_long_numbers(prose(typed))


def hide_personal_numbers(text: str) -> str:
    """Return TEXT, that names a paper, with what can be an ID or a mobile telephone hidden.

    Papers have long numbers of their own; those stay.
    """
    text = _SAID_DOCUMENT.sub(_masked_document, text)
    return _PERSONAL.sub(lambda found: masked_in_place(found[0], "phone"), text)


def _masked_document(found: re.Match[str]) -> str:
    return found["said"] + masked_in_place(found["number"], "id")


def _is_time(found: re.Match[str]) -> bool:
    return _TIME.fullmatch(found[0]) is not None
