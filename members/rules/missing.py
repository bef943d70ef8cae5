"""What a complete record still lacks: the branch's 待补资料 list (domain §3.1 "required", §6.11)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from members.enums import MemberKind, PersonKind
from members.rules.dates import years_between
from members.rules.id_number import NO_NUMBER
from members.rules.parameters import CheckParameters

REQUIRED = {
    "name": "姓名",
    "gender": "性别",
    "ethnicity": "民族",
    "id_number": "公民身份号码",
    "birth_date": "出生日期",
    "branch": "所在党支部",
    "member_kind": "党员类别",
    "join_date": "入党日期",
    "person_kind": "人员类别",
    "community": "居住社区",
    "phone": "联系电话",
    "work_start": "参加工作时间",
    "full_date": "转正日期",
    "retire_date": "离退休时间",
    "former_unit": "原工作单位",
    "address": "居住地址",
    "contact_agreed_on": "紧急联系人同意",
}
OLD_AGE = "care.old_age"
_PHONES = ("phone", "phone2", "emergency_phone")  # one telephone, one's own or the family's
_TEXTS = ("former_unit", "address")
_PLAIN = tuple(REQUIRED)[: tuple(REQUIRED).index("phone")]
# Plain texts, as in ``checks``: an enum's member takes five times as long to compare.
_VETERAN, _OTHER = PersonKind.VETERAN.value, PersonKind.OTHER.value
_FULL = MemberKind.FULL.value
_NUMBERLESS = tuple(name for name in _PLAIN if name != "id_number")
_CONTACT = ("emergency_name", "emergency_phone")


def missing_fields(values: Mapping[str, Any], parameters: CheckParameters) -> str:
    """Return the names of required fields without a value, comma-separated, in REQUIRED's order.

    ``values`` is by field name; foreign keys may stand as objects, ids or ``name_id``. Asked for
    of some only: 参加工作时间 of veterans (the period follows from it), 转正日期 of full members
    who had to wait for it, 离退休时间 of all but 其他, who may be in service still.
    """
    get = values.get
    names = []
    if not all(map(get, _PLAIN)):
        plain = _NUMBERLESS if get("id_type") == NO_NUMBER else _PLAIN
        names = [name for name in plain if not get(name) and not get(f"{name}_id")]
    if not any(map(get, _PHONES)):
        names.append("phone")
    kind = get("person_kind")
    if kind == _VETERAN and not get("work_start"):
        names.append("work_start")
    if not get("full_date") and get("member_kind") == _FULL:
        join = get("join_date")
        if not (join and parameters.had_no_probation(join)):
            names.append("full_date")
    if kind != _OTHER and not get("retire_date"):
        names.append("retire_date")
    if not all(map(get, _TEXTS)):
        names += [name for name in _TEXTS if not get(name)]
    # Of whom a contact was registered before anybody asked for the consent.
    if (get("emergency_name") or get("emergency_phone")) and not get("contact_agreed_on"):
        names.append("contact_agreed_on")
    return ",".join(names)


def asks_for_contact(values: Mapping[str, Any], *, today: dt.date, old_age: int) -> bool:
    """Return whether a contact in the family is asked for: of the very old, and only asked (§3.1).

    He belongs to no complete record: whoever is to be called must agree (§6.11).
    """
    birth = values.get("birth_date")
    if not birth or values.get("deceased_on") or any(map(values.get, _CONTACT)):
        return False
    return years_between(birth, today) >= old_age


def labels(names: str | Iterable[str]) -> list[str]:
    """Return the Chinese names of the comma-separated field NAMES."""
    parts = names.split(",") if isinstance(names, str) else names
    return [REQUIRED[name] for name in parts if name in REQUIRED]
