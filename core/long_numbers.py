"""Personal numbers where none belongs, in a heading, a name, a purpose: somebody's ID or telephone.

Each text is searched as if typed in half width; what is shown keeps the characters as typed.
"""

import re
from collections.abc import Callable

from core.display import masked_in_place
from core.text import prose

# Digits and letters as Chinese keyboards also write them: full width.
_HALF_WIDTH = {
    wide: wide - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in range(ord(first), ord(last) + 1)
}

# Nobody's number has fewer digits; most texts end here.
_FEWEST = re.compile(r"(?:\d\D*){7}")

# What people write between the groups of one number: blanks, dashes, middle dots; dots as well in a
# telephone or an ID, but nowhere else: amounts have them.
_BETWEEN = r"\s\-－_\u2010-\u2015\u2212·•・"
_DOTS = r".．。"
_GAP = rf"[{_BETWEEN}{_DOTS}]{{0,3}}"

# As one run, or with blanks and dashes between: of those one digit more, for a day with its hour has ten.
_LONG_NUMBER = re.compile(
    rf"[\dXx]{{10,}}(?:[{_BETWEEN}][\dXx]+)*|[\dXx](?:[{_BETWEEN}]{{0,3}}[\dXx]){{10,}}"
)

# Years, days and hours in any number, and a second or its thousandths as file names have them, are nobody's number.
_DAY = r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[89]|20)\d\d"
_HOUR = r"(?:[01]\d|2[0-3])[\s\-－]?[0-5]\d"
_SINCE = rf"(?:{_DAY}|{_YEAR}(?:[\s\-－](?:0?[1-9]|1[0-2])(?:[\s\-－](?:0?[1-9]|[12]\d|3[01]))?)?)"
_TIME = re.compile(
    rf"{_DAY}[_-]?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{{3}})?|{_SINCE}(?:[{_BETWEEN}]{{1,3}}(?:{_SINCE}|{_HOUR}))*"
)
# Not 元旦, 元宵, 元月: those come after somebody's telephone as well.
_MONEY = re.compile(r"(?:\.\d+)?\s?[十百千万亿]*元(?![旦宵月])")


def _grouped(*groups: str) -> str:
    return _GAP.join(groups)


# An ID by the birth date in it, which no paper of these years has there; a mobile telephone, also
# with the number of the country.
_BORN = (r"(?:1[89]\d\d|200\d)", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])")
_ID = _grouped(r"\d{3}", r"\d{3}", *_BORN, r"\d{3}[\dXx]")
_MOBILES = (
    (r"1[3-9]\d", r"\d{4}", r"\d{4}"),
    (r"1[3-9]\d", r"\d{3}", r"\d{5}"),
    (r"1[3-9]\d\d", r"\d{3}", r"\d{4}"),
)
_MOBILE = "|".join(_grouped(*groups) for groups in _MOBILES)
_PERSONAL = re.compile(rf"(?<!\d)(?:{_ID}|(?:86{_GAP})?(?:{_MOBILE}))(?![\dXx])")

# The forms of numbers of other documents than the identity card (security §5a 19, 20).
PASSPORT = r"[A-Z]{1,2}\d{7,9}"
HOME_RETURN_PERMIT = r"[HM]\d{8}(?:\d{2})?"
TAIWAN_PERMIT = r"\d{8}(?:\d{2})?|[A-Z]\d{8,10}"
_EVERY_FORM = f"{PASSPORT}|{HOME_RETURN_PERMIT}|{TAIWAN_PERMIT}"
_AS_TYPED = _EVERY_FORM.replace(r"\d", r"(?:[\s\-－]?\d)")  # with a blank or a dash between

# Of these forms any is somebody's where the document is named before it, but a day is one to which
# it holds. By itself only what no building, organisation or paper is called.
_SAID_DOCUMENT = re.compile(
    r"(?:护照|通行证|台胞证|回乡证|居住证|证件|证号)(?:号码|号)?[\s:：是为(（]*"
    rf"(?!{_DAY}(?!\d))(?P<number>{_AS_TYPED})(?![\s\-－]?\d)",
    re.IGNORECASE,
)
_BARE_DOCUMENT = re.compile(
    rf"(?<![A-Z\d])(?![A-Z]{_DAY}(?!\d))(?P<number>[A-Z]\d{{8,10}}|E[A-Z]\d{{7}})(?![A-Z\d])",
    re.IGNORECASE,
)


def has_long_number(text: str) -> bool:
    """Return whether TEXT holds what looks like the number of a person or a telephone."""
    return without_long_numbers(text) != text


def without_long_numbers(text: str) -> str:
    """Return TEXT with long numbers taken out, for what is kept in the clear."""
    return _long_replaced(text, lambda _shown, _kind: "")


def hide_long_numbers(text: str) -> str:
    """Return TEXT with long numbers hidden but for their ends, those of other documents as well."""
    return _long_replaced(text, masked_in_place)


def kept_reason(typed: str) -> str:
    """Return a reason as TYPED in the form in which it is kept, in the clear and for good."""
    return hide_long_numbers(prose(typed))


def hide_personal_numbers(text: str) -> str:
    """Return TEXT, that names a paper, with what can be an ID or a mobile telephone hidden.

    Papers have long numbers of their own; those stay.
    """
    text = _replaced(_SAID_DOCUMENT, text, "id", masked_in_place)
    return _replaced(_PERSONAL, text, "phone", masked_in_place)


def _long_replaced(text: str, instead: Callable[[str, str], str]) -> str:
    for form in (_SAID_DOCUMENT, _BARE_DOCUMENT):
        text = _replaced(form, text, "id", instead)
    for form in (_PERSONAL, _LONG_NUMBER):
        text = _replaced(form, text, "phone", instead)
    return text


def _replaced(
    form: re.Pattern[str], text: str, kind: str, instead: Callable[[str, str], str]
) -> str:
    """Return TEXT with INSTEAD of each number of FORM what it makes of the number and its KIND."""
    if _FEWEST.search(text) is None:
        return text
    read, parts, end = text.translate(_HALF_WIDTH), [], 0
    for found in form.finditer(read):
        first, last = found.span("number" if "number" in form.groupindex else 0)
        if not _is_nobodys(read, first, last):
            parts += [text[end:first], instead(text[first:last], kind)]
            end = last
    return "".join([*parts, text[end:]])


def _is_nobodys(read: str, first: int, last: int) -> bool:
    """Return whether the number in READ from FIRST to LAST is of days and hours, or of money."""
    return bool(_TIME.fullmatch(read, first, last) or _MONEY.match(read, last))
