"""How the columns of the register are coded, sealed and grouped; for forms, pages and exports."""

from itertools import chain

# Code columns and the table of each (domain §3.2).
CODED = {
    "ethnicity": "ethnicity",
    "id_type": "id_type",
    "education": "education",
    "rank": "rank",
    "lost_contact_code": "lost_contact",
    "health": "health",
    "self_care": "self_care",
    "empty_nest": "empty_nest",
}
# Sealed columns and how each is masked (domain §6.3).
SEALED = {
    "id_number": "id",
    "phone": "phone",
    "phone2": "phone",
    "household_place": "address",
    "address": "address",
    "building": "address",
    "dues_base": "money",
    "emergency_name": "name",
    "emergency_phone": "phone",
}
# Sealed columns that may be opened with a reason; the dues base is the treasurer's and the person's.
REVEALABLE = tuple(name for name in SEALED if name != "dues_base")
HEALTH = ("health_agreed_on", "health", "self_care", "empty_nest", "hardship", "needs_home_study")
# Kept only as the member agreed, each day of consent before what it is about (domain §6.11).
AGREED = (
    *("health_agreed_on", "health", "self_care", "empty_nest", "hardship"),
    *("talent_agreed_on", "skills", "display_agreed_on", "photo_agreed_on", "sms_agreed_on"),
)
# Dates of which often only year and month are known.
MAY_BE_MONTH = frozenset(
    {"birth_date", "birth_date_archive", "join_date", "full_date", "work_start", "retire_date"}
)
# The record in plain sections, line by line.
CONTACT = "联系方式"
SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "基本情况",
        (
            ("name", "id_number"),
            ("id_type",),
            ("gender", "ethnicity"),
            ("birth_date", "birth_date_archive"),
            ("birth_date_reason",),
            ("education", "degree"),
            ("major", "native_place"),
            ("household_place",),
        ),
    ),
    (
        "党员身份",
        (
            ("group",),
            ("member_kind", "party_status"),
            ("join_date", "full_date"),
            ("floating", "floating_note"),
            ("needs_home_study",),
            ("lost_contact_on", "lost_contact_code"),
            ("medal50", "medal50_year"),
        ),
    ),
    (
        "工作和离退休",
        (
            ("person_kind", "rank"),
            ("work_start", "retire_date"),
            ("former_unit", "former_post"),
            ("dues_base",),
        ),
    ),
    (
        CONTACT,
        (
            ("phone", "phone2"),
            ("community", "grid"),
            ("address", "building"),
            ("emergency_name", "emergency_phone"),
            ("emergency_relation", "contact_agreed_on"),
        ),
    ),
    (
        "特长、关怀等，本人同意才登记",
        (
            ("skills", "talent_agreed_on"),
            ("display_agreed_on",),
            ("photo_agreed_on", "sms_agreed_on"),
            ("health_agreed_on", "health"),
            ("self_care", "empty_nest"),
            ("hardship",),
        ),
    ),
    ("备注", (("remark",),)),
)
FIELDS = tuple(name for _, lines in SECTIONS for name in chain.from_iterable(lines))
