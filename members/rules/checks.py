"""The checks of one member's record (domain §3.3), for forms, the admin and the roster alike.

``values`` are typed values by the field names of ``Member``: dates as dates, codes as codes, the
number in its stored form. An extra key that callers may give: ``has_post`` (holds a Party post).
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from core.dates import FIRST_YEAR, LAST_YEAR
from members.enums import MemberKind, PersonKind
from members.rules import id_number, names, phones
from members.rules.dates import month_end, years_between
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem, problem

Values = Mapping[str, Any]

WORKER_RANK = "80"
# Plain texts: half a million rows ask for each, and an enum's member takes five times as long.
_PROBATIONARY = MemberKind.PROBATIONARY.value
_VETERAN = PersonKind.VETERAN.value
_RETIRED = frozenset({PersonKind.VETERAN.value, PersonKind.RETIRED.value})
_PAST = (
    *("birth_date", "birth_date_archive", "join_date", "full_date", "work_start", "retire_date"),
    *("health_agreed_on", "talent_agreed_on", "display_agreed_on"),
    *("contact_agreed_on", "photo_agreed_on", "sms_agreed_on"),
)
PHONES = ("phone", "phone2", "emergency_phone")
_ID_OR_PHONE = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)", re.ASCII)
_CITY = re.compile(r"([\u4e00-\u9fff]{2,4}?)(?<![超菜夜城都门])市(?![场政级直委府])")


def check_member(values: Values, *, today: dt.date, parameters: CheckParameters) -> list[Problem]:
    """Return everything wrong or doubtful about one member, errors and warnings alike."""
    found: list[Problem] = []
    if code := names.fault(values.get("name") or ""):
        found.append(problem(code))
    birth = _check_id_number(values, today, parameters, found)
    _check_past(values, today, found)
    if join := values.get("join_date"):
        _check_joining(values, birth, join, parameters, found)
    elif values.get("full_date") and values.get("member_kind") == _PROBATIONARY:
        found.append(problem("PROBATIONARY_FULL_DATE"))
    _check_medal(values, today, parameters, found)
    _check_work(values, birth, parameters, found)
    _check_phones(values, found)
    _check_remark(values, found)
    return found


def _check_id_number(
    values: Values, today: dt.date, parameters: CheckParameters, found: list[Problem]
) -> dt.date | None:
    """Check the number against birth and gender; return the birth date to count ages from."""
    kind = values.get("id_type") or ""
    number = id_number.read(values.get("id_number"), today=today, kind=kind)
    areas = parameters.areas
    if number.code:
        found.append(problem(number.code))
    if kind:
        _check_unsaid(values, found)
    elif (
        areas is not None
        and not number.code
        and not id_number.is_assigned(number.text, areas=areas, demo=parameters.demo)
    ):
        found.append(problem("ID_AREA"))
    birth, archive = values.get("birth_date"), values.get("birth_date_archive")
    reason = values.get("birth_date_reason")
    if number.birth:
        gender = values.get("gender")
        if gender and gender != number.gender:
            found.append(problem("ID_GENDER_DIFFERS"))
        if birth and not reason and not _agrees(values, birth, number.birth):
            found.append(problem("ID_BIRTH_DIFFERS"))
        if archive and not reason and archive != number.birth:
            found.append(problem("BIRTH_ARCHIVE_REASON"))
    return birth or number.birth


def _check_unsaid(values: Values, found: list[Problem]) -> None:
    """Ask for what the number of another document, or none, does not say."""
    if not (values.get("birth_date") or values.get("birth_date_archive")):
        found.append(problem("BIRTH_NEEDED"))
    if not values.get("gender"):
        found.append(problem("GENDER_NEEDED"))


def _agrees(values: Values, birth: dt.date, by_number: dt.date) -> bool:
    if birth == by_number:
        return True
    same_month = (birth.year, birth.month) == (by_number.year, by_number.month)
    return same_month and _is_month_only(values, "birth_date")


def _check_past(values: Values, today: dt.date, found: list[Problem]) -> None:
    for name in _PAST:
        day = values.get(name)
        if day and day > today:
            found.append(problem("DATE_FUTURE", name))


def _check_joining(
    values: Values,
    birth: dt.date | None,
    join: dt.date,
    parameters: CheckParameters,
    found: list[Problem],
) -> None:
    archive = values.get("birth_date_archive")
    if earliest := min(birth, archive) if birth and archive else birth or archive:
        age = years_between(earliest, _latest(values, "join_date", join))
        if age < parameters.join_age_min:
            found.append(problem("JOIN_TOO_YOUNG", age=parameters.join_age_min))
        elif age < parameters.join_age_usual:
            found.append(problem("JOIN_YOUNG", age=parameters.join_age_usual))
    full = values.get("full_date")
    if not full:
        return
    if values.get("member_kind") == _PROBATIONARY:
        found.append(problem("PROBATIONARY_FULL_DATE"))
    days = (full - join).days
    if days < 0 and _latest(values, "full_date", full) < join:
        found.append(problem("FULL_BEFORE_JOIN"))
    elif not _probation_fits(values, join, full, parameters):
        found.append(problem("FULL_GAP"))


def _probation_fits(
    values: Values, join: dt.date, full: dt.date, parameters: CheckParameters
) -> bool:
    """Return whether a candidate could wait from JOIN to FULL in his time (domain §3.3 6).

    Of a date whose day is unknown any day of its month will do.
    """
    least, most = parameters.probation_days(join)
    if least <= (full - join).days <= most:
        return True
    latest_join = _latest(values, "join_date", join)
    if parameters.had_no_probation(join):
        least = least if full > latest_join else 0  # on the very day: nobody waited then
    longest = (_latest(values, "full_date", full) - join).days
    return least <= longest and (full - latest_join).days <= most


def _check_medal(
    values: Values, today: dt.date, parameters: CheckParameters, found: list[Problem]
) -> None:
    """光荣在党50年 is for fifty full Party years by the cut-off day (domain §2.4); unknown dates ask nothing."""
    year = values.get("medal50_year")
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        found.append(problem("MEDAL_YEAR"))
        return
    if not values.get("medal50"):
        return
    start = values.get("full_date") or values.get("join_date")
    latest = parameters.medal_party_start(year or today.year)
    if start and start > latest:  # of a date whose day is unknown the first of its month
        found.append(problem("MEDAL_EARLY", most=parameters.medal_party_years))


def _check_work(
    values: Values, birth: dt.date | None, parameters: CheckParameters, found: list[Problem]
) -> None:
    start, retired, kind = map(values.get, ("work_start", "retire_date", "person_kind"))
    if start and birth and _latest(values, "work_start", start) < birth:
        found.append(problem("WORK_BEFORE_BIRTH"))
    if retired:
        _check_retirement(values, birth, start, retired, parameters, found)
    if kind == _VETERAN:
        if start and start > parameters.veteran_work_before:
            found.append(problem("VETERAN_WORK_START"))
        if birth and birth.year > parameters.veteran_born_until:
            found.append(problem("VETERAN_AGE", year=parameters.veteran_born_until + 1))
    if values.get("rank") == WORKER_RANK and kind in _RETIRED:
        found.append(problem("RANK_WORKER"))


def _check_retirement(
    values: Values,
    birth: dt.date | None,
    start: dt.date | None,
    retired: dt.date,
    parameters: CheckParameters,
    found: list[Problem],
) -> None:
    latest = _latest(values, "retire_date", retired)
    if start and latest < start:
        found.append(problem("RETIRE_BEFORE_WORK"))
    if not birth:
        return
    age = years_between(birth, latest)
    if age < parameters.retire_age_min:
        found.append(problem("RETIRE_TOO_YOUNG", age=parameters.retire_age_min))
    elif age > parameters.retire_age_usual_until:
        found.append(problem("RETIRE_LATE", age=parameters.retire_age_usual_until))


def _check_phones(values: Values, found: list[Problem]) -> None:
    for name in PHONES:
        number = values.get(name)
        if number and (code := phones.fault(number)):
            found.append(problem(code, name))
    phone = values.get("phone")
    if phone and phone == values.get("emergency_phone"):
        found.append(problem("PHONE_SAME_AS_EMERGENCY"))


def _check_remark(values: Values, found: list[Problem]) -> None:
    remark = values.get("remark")
    if remark and _ID_OR_PHONE.search(remark):
        found.append(problem("REMARK_PERSONAL"))
    if values.get("has_post") and values.get("member_kind") == _PROBATIONARY:
        found.append(problem("PROBATIONARY_POST"))


def check_places(values: Values) -> list[Problem]:
    """Return the hints about where somebody lives; they refuse nothing and ask for nothing (10, 12).

    Keys beside the fields: ``branch_area_path``, ``community_path``, ``link_area_paths`` (of the
    branches where he takes part by a managing link), ``city_names`` (that his branch lies in).
    """
    found: list[Problem] = []
    home, community = values.get("branch_area_path"), values.get("community_path")
    links = values.get("link_area_paths") or ()
    if home and community and not any(are_nested(place, community) for place in (home, *links)):
        found.append(problem("COMMUNITY_ELSEWHERE"))
    address, is_away = (
        values.get("address"),
        values.get("lost_contact_on") or values.get("floating"),
    )
    if address and not is_away and names_another_city(address, values.get("city_names") or ()):
        found.append(problem("ADDRESS_ELSEWHERE"))
    return found


def are_nested(place: str, community: str) -> bool:
    """Return whether one of two areas, by their paths, lies in the other."""
    return community.startswith(place) or place.startswith(community)


def names_another_city(address: str, cities: tuple[str, ...]) -> bool:
    """Return whether the first city that ADDRESS names is none of CITIES; without these never."""
    if not cities or "市" not in address or address.endswith(cities, 0, address.index("市") + 1):
        return False
    named = _CITY.search(address)
    return named is not None and not f"{named[1]}市".endswith(cities)


def _is_month_only(values: Values, name: str) -> bool:
    listed = values.get("month_only")
    return name in listed.split(",") if listed else False


def _latest(values: Values, name: str, day: dt.date) -> dt.date:
    """Return the latest day that the date NAME can mean (its day may be unknown)."""
    listed = values.get("month_only")
    return month_end(day) if listed and name in listed.split(",") else day
