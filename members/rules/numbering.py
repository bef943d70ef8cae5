"""The short numbers by which findings are spoken of, on pages, in workbooks and on the telephone.

A letter for what the finding is about, and a number. They are in print and in people's notes: none
is ever given to another finding; one that is no longer made keeps its own.
"""

_BY_LETTER: dict[str, tuple[str, ...]] = {
    "A": (  # the ID number
        *("ID_EMPTY", "ID_SCIENTIFIC", "ID_NUMERIC_CELL", "ID_ROUNDED", "ID_ROUNDED_PERHAPS"),
        *("ID_CHECK_DIGIT", "ID_BIRTH_IMPOSSIBLE", "ID_BIRTH_RANGE", "ID_OLD", "ID_LETTER"),
        *("ID_CHARACTERS", "ID_LENGTH", "ID_AREA", "ID_BIRTH_DIFFERS", "ID_GENDER_DIFFERS"),
        *("ID_TWICE", "ID_EXISTS", "ID_ELSEWHERE", "ID_ASKED_OUT", "ID_OTHER_DOCUMENT"),
        *("AGE_DIFFERS", "ID_DOCUMENT_FORM", "ID_NOT_NONE", "BIRTH_NEEDED", "GENDER_NEEDED"),
        "ID_OTHER_PERHAPS",
    ),
    "B": (  # the name
        *("NAME_EMPTY", "NAME_LENGTH", "NAME_NUMBER", "NAME_CHARACTERS", "NAME_SAKE"),
        "NAME_SAKE_ALIKE",
    ),
    "C": (  # what stands in a cell or a row
        *("TEXT_NUL", "TEXT_SURROGATE", "TEXT_LONG", "ROW_RAGGED", "CODE_UNKNOWN", "CODE_LEFT"),
        *("YES_NO_LEFT", "YEAR_LEFT", "MONEY_UNREADABLE", "FORMULA_UNSAVED", "REMARK_PERSONAL"),
    ),
    "D": (  # dates
        *("DATE_UNREADABLE", "DATE_DAY_MISSING", "DATE_SHORT_YEAR", "DATE_YEAR_ONLY"),
        *("DATE_MONTH_UNCLEAR", "DATE_IMPOSSIBLE", "DATE_RANGE", "DATE_FUTURE"),
        *("DATE_YEAR_LEFT", "DATE_JANUARY", "DATE_LUNAR"),
    ),
    "E": (  # telephones
        *("PHONE_SCIENTIFIC", "PHONE_MANY", "PHONE_FORM", "PHONE_NO_AREA_CODE"),
        *("PHONE_SAME_AS_EMERGENCY", "PHONE_HELD", "PHONE_TWICE", "PHONE_SHARED", "PHONE_LEFT"),
    ),
    "F": (  # Party membership, work, retirement
        *("JOIN_TOO_YOUNG", "JOIN_YOUNG", "FULL_BEFORE_JOIN", "FULL_GAP"),
        *("PROBATIONARY_FULL_DATE", "PROBATIONARY_POST", "WORK_BEFORE_BIRTH", "RETIRE_TOO_YOUNG"),
        *("RETIRE_LATE", "RETIRE_BEFORE_WORK", "VETERAN_WORK_START", "VETERAN_AGE", "RANK_WORKER"),
        *("BIRTH_ARCHIVE_REASON", "LOST_UNDATED", "LOST_DIFFERS", "DECEASED", "MEDAL_EARLY"),
        "MEDAL_YEAR",
    ),
    "G": (  # what wants the member's consent
        *("CONSENT_WITHDRAWN", "NOT_AGREED", "HEALTH_LEFT", "TALENT_LEFT", "WITHDRAWN_LEFT"),
        *("CONSENT_UNDATED", "CONTACT_LEFT", "CONTACT_NOT_AGREED", "AGREED_HIMSELF"),
    ),
    "H": (  # branches, communities, managing links
        *("BRANCH_EMPTY", "BRANCH_UNKNOWN", "BRANCH_SAME_NAME", "BRANCH_DISSOLVED"),
        *("BRANCH_NOT_HOME", "BRANCH_TWO", "GROUP_UNKNOWN", "COMMUNITY_UNKNOWN"),
        *("COMMUNITY_SAME_NAME", "GRID_UNKNOWN", "LINK_PLACE", "LINK_HOME", "LINK_LIMIT"),
        *("COMMUNITY_ELSEWHERE", "ADDRESS_ELSEWHERE", "LINK_NUMBERLESS"),
    ),
    "J": (  # people on the register already
        *("DIFFERS", "OTHER_BRANCH", "NO_BRANCH", "ELSEWHERE_LEFT", "ALIKE", "ALIKE_SEVERAL"),
        *("ALIKE_ROW", "MERGED", "MERGED_REFUSED", "ACT_REFUSED", "EDITED_MEANWHILE"),
        *("NO_LONGER_YOURS", "TAKEN_MEANWHILE", "TWIN_ROW", "ALIKE_MEANWHILE"),
        *("ALIKE_NO_NUMBER", "ALIKE_ROW_NO_NUMBER"),
    ),
    "K": (  # the file as a whole
        *("empty", "too_big", "not_a_table", "old_or_locked", "macros", "utf16", "broken", "bomb"),
        *("mixed_encoding", "open_quote", "cell_too_long", "too_many_rows", "too_many_columns"),
        *("more_than_headings", "no_sheet", "too_slow", "disk_full", "gone", "no_heading"),
        *("ambiguous_heading", "duplicate_heading", "missing_column", "guessed"),
    ),
}
NUMBERS = {
    code: f"{letter}{place:02}"
    for letter, codes in _BY_LETTER.items()
    for place, code in enumerate(codes, 1)
}
CODES = {number: code for code, number in NUMBERS.items()}


def number_of(code: str) -> str:
    """Return the number of the finding CODE, as D10; empty for one that is made no longer."""
    return NUMBERS.get(code, "")


def code_of(said: str) -> str:
    """Return the code that somebody means who says its number, in any case, or the code itself."""
    return CODES.get(said.upper(), said)
