"""What a complete record still lacks: the branch's 待补资料 list (domain §6.11; of veterans §3.1 too)."""

from collections.abc import Iterable, Mapping

from members.enums import PersonKind

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
}
_PHONES = ("phone", "phone2", "emergency_phone")  # one telephone, one's own or the family's
_OF_VETERANS = "work_start"  # the period of joining the revolution follows from it
_PLAIN = tuple(name for name in REQUIRED if name not in {"phone", _OF_VETERANS})


def missing_fields(values: Mapping[str, object]) -> str:
    """Return the names of required fields without a value, comma-separated, in REQUIRED's order.

    ``values`` is by field name; foreign keys may stand as objects, ids or ``name_id``.
    """
    get = values.get
    names = []
    if not all(map(get, _PLAIN)):
        names = [name for name in _PLAIN if not get(name) and not get(f"{name}_id")]
    if not any(map(get, _PHONES)):
        names.append("phone")
    if get("person_kind") == PersonKind.VETERAN and not get(_OF_VETERANS):
        names.append(_OF_VETERANS)
    return ",".join(names)


def labels(names: str | Iterable[str]) -> list[str]:
    """Return the Chinese names of the comma-separated field NAMES."""
    parts = names.split(",") if isinstance(names, str) else names
    return [REQUIRED[name] for name in parts if name in REQUIRED]
