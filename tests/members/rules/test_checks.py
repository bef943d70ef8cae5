"""Cross-field checks of domain §3.3, one by one, and what follows from other fields."""

import datetime as dt
import re
from typing import Any

import pytest

from members.rules import problems
from members.rules.checks import check_member, check_places, names_another_city
from members.rules.derived import fill, period
from members.rules.missing import asks_for_contact, labels, missing_fields
from members.rules.parameters import CheckParameters

TODAY = dt.date(2026, 11, 22)
PARAMETERS = CheckParameters(
    join_age_usual=18,
    join_age_min=15,
    probation_min_days=300,
    probation_max_days=800,
    no_probation_from=dt.date(1969, 4, 1),
    no_probation_until=dt.date(1977, 8, 31),
    retire_age_min=45,
    retire_age_usual_until=66,
    veteran_work_before=dt.date(1949, 9, 30),
    veteran_born_until=1936,
    uneven_probation_before=dt.date(1956, 1, 1),
    uneven_probation_min_days=180,
    uneven_probation_max_days=740,
    phone_shared_max=3,
    age_apart_max=1,
    medal_party_years=50,
    medal_cut_off="07-01",
    areas=frozenset({"110105"}),
)
GOOD: dict[str, Any] = {
    "name": "张建国",
    "gender": "2",
    "ethnicity": "01",
    "id_number": "11010519491231002X",
    "birth_date": dt.date(1949, 12, 31),
    "join_date": dt.date(1980, 7, 1),
    "full_date": dt.date(1981, 7, 1),
    "member_kind": "FULL",
    "person_kind": "B",
    "work_start": dt.date(1968, 10, 1),
    "retire_date": dt.date(2005, 1, 1),
    "former_unit": "县第一中学",
    "phone": "13912345678",
    "address": "槐荫里3号楼",
    "branch": 1,
    "community": 2,
}


def codes(**changes: Any) -> list[str]:
    found = check_member(GOOD | changes, today=TODAY, parameters=PARAMETERS)
    found += check_places(GOOD | changes)
    return [problem.code for problem in found]


def test_a_good_record_has_no_finding() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "张"}, "NAME_LENGTH"),
        ({"id_number": ""}, "ID_EMPTY"),
        ({"id_number": "110105194912310029"}, "ID_CHECK_DIGIT"),
        ({"id_number": "110999194912310023"}, "ID_AREA"),
        ({"gender": "1"}, "ID_GENDER_DIFFERS"),
        ({"birth_date": dt.date(1949, 12, 30)}, "ID_BIRTH_DIFFERS"),
        ({"birth_date_archive": dt.date(1950, 1, 2)}, "BIRTH_ARCHIVE_REASON"),
        ({"join_date": dt.date(1967, 12, 30), "full_date": None}, "JOIN_YOUNG"),
        ({"join_date": dt.date(1964, 12, 30), "full_date": None}, "JOIN_TOO_YOUNG"),
        ({"full_date": dt.date(1980, 6, 1)}, "FULL_BEFORE_JOIN"),
        ({"full_date": dt.date(1980, 12, 1)}, "FULL_GAP"),
        ({"full_date": dt.date(1983, 7, 1)}, "FULL_GAP"),
        ({"member_kind": "PROBATIONARY"}, "PROBATIONARY_FULL_DATE"),
        ({"member_kind": "PROBATIONARY", "full_date": None, "has_post": True}, "PROBATIONARY_POST"),
        ({"retire_date": dt.date(1990, 1, 1)}, "RETIRE_TOO_YOUNG"),
        ({"retire_date": dt.date(2020, 1, 1)}, "RETIRE_LATE"),
        ({"work_start": dt.date(2006, 1, 1)}, "RETIRE_BEFORE_WORK"),
        ({"work_start": dt.date(1949, 1, 1)}, "WORK_BEFORE_BIRTH"),
        ({"retire_date": dt.date(2027, 1, 1)}, "DATE_FUTURE"),
        ({"medal50": True}, "MEDAL_EARLY"),
        ({"medal50": True, "medal50_year": 21}, "MEDAL_YEAR"),
        ({"medal50_year": 10**17}, "MEDAL_YEAR"),
        ({"rank": "80"}, "RANK_WORKER"),
        ({"phone": "12345"}, "PHONE_FORM"),
        ({"emergency_phone": "88886666"}, "PHONE_NO_AREA_CODE"),
        ({"emergency_phone": "13912345678"}, "PHONE_SAME_AS_EMERGENCY"),
        ({"remark": "电话13912345678"}, "REMARK_PERSONAL"),
        ({"branch_area_path": "00010002", "community_path": "000100030001"}, "COMMUNITY_ELSEWHERE"),
        ({"city_names": ("云江市",), "address": "广东省深圳市福田区"}, "ADDRESS_ELSEWHERE"),
    ],
)
def test_each_check_says_its_own_finding(changes: dict[str, Any], code: str) -> None:
    assert code in codes(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": dt.date(1949, 12, 30), "birth_date_reason": "以档案为准"},
        {"birth_date": dt.date(1949, 12, 1), "month_only": "birth_date"},
        {"join_date": dt.date(1970, 7, 1), "full_date": None},
        {"join_date": dt.date(1970, 7, 1), "full_date": dt.date(1970, 7, 1)},
        {"full_date": dt.date(1980, 7, 1) + dt.timedelta(days=300)},
        {"full_date": dt.date(1980, 7, 1) + dt.timedelta(days=800)},
        {"join_date": dt.date(1967, 12, 1), "full_date": None, "month_only": "join_date"},
        {"branch_area_path": "00010002", "community_path": "000100020001"},
        {
            "branch_area_path": "00010002",
            "community_path": "000100030001",
            "link_area_paths": ["00010004", "000100030001"],
        },
        {"city_names": ("云江市",), "address": "演示省云江市青澜区好又多超市楼上"},
        {"city_names": ("云江市",), "address": "广东省深圳市", "floating": True},
        {"phone": "", "phone2": "025-88886666"},
    ],
)
def test_what_only_looks_odd_is_no_finding(changes: dict[str, Any]) -> None:
    assert codes(**changes) == []


BORN = dt.date(1949, 12, 31)  # as GOOD
LEAP = {"birth_date": dt.date(1952, 2, 29), "birth_date_reason": "以档案为准"}
VETERAN = {"person_kind": "A", "retire_date": None}


@pytest.mark.parametrize(
    ("code", "around", "field", "first_told", "last_not"),
    [
        ("JOIN_TOO_YOUNG", {}, "join_date", dt.date(1964, 12, 30), dt.date(1964, 12, 31)),
        ("JOIN_YOUNG", {}, "join_date", dt.date(1967, 12, 30), dt.date(1967, 12, 31)),
        ("JOIN_YOUNG", LEAP, "join_date", dt.date(1970, 2, 28), dt.date(1970, 3, 1)),
        ("RETIRE_TOO_YOUNG", {}, "retire_date", dt.date(1994, 12, 30), dt.date(1994, 12, 31)),
        ("RETIRE_TOO_YOUNG", LEAP, "retire_date", dt.date(1997, 2, 28), dt.date(1997, 3, 1)),
        ("RETIRE_LATE", {}, "retire_date", dt.date(2016, 12, 31), dt.date(2016, 12, 30)),
        ("RETIRE_BEFORE_WORK", {}, "retire_date", dt.date(1968, 9, 30), dt.date(1968, 10, 1)),
        ("WORK_BEFORE_BIRTH", {}, "work_start", BORN - dt.timedelta(days=1), BORN),
        ("VETERAN_WORK_START", VETERAN, "work_start", dt.date(1949, 10, 1), dt.date(1949, 9, 30)),
        ("VETERAN_AGE", VETERAN, "birth_date", dt.date(1937, 1, 1), dt.date(1936, 12, 31)),
        ("DATE_FUTURE", {}, "retire_date", TODAY + dt.timedelta(days=1), TODAY),
        ("FULL_BEFORE_JOIN", {}, "full_date", dt.date(1980, 6, 30), dt.date(1980, 7, 1)),
    ],
)
def test_each_limit_stands_at_its_very_day(
    code: str, around: dict[str, Any], field: str, first_told: dt.date, last_not: dt.date
) -> None:
    told = [code in codes(**around, **{field: day}) for day in (first_told, last_not)]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("days", "year", "told"),
    [
        ({"full_date": dt.date(1976, 7, 1)}, None, False),
        ({"full_date": dt.date(1976, 7, 2)}, None, True),
        ({"full_date": dt.date(1976, 7, 1), "month_only": "full_date"}, None, False),
        ({"full_date": dt.date(1976, 7, 2)}, 2027, False),
        ({"full_date": dt.date(1976, 7, 1)}, 2025, True),
        ({"full_date": None, "join_date": dt.date(1976, 7, 1)}, None, False),
        ({"full_date": None, "join_date": dt.date(1976, 8, 1)}, None, True),
        ({"full_date": None, "join_date": None}, None, False),
    ],
)
def test_the_medal_is_for_fifty_full_years_by_1_july(
    days: dict[str, Any], year: int | None, told: bool
) -> None:
    known = {"join_date": dt.date(1975, 6, 1), "medal50_year": year} | days
    assert ("MEDAL_EARLY" in codes(medal50=True, **known)) is told
    assert "MEDAL_EARLY" not in codes(medal50=False, **known)


@pytest.mark.parametrize(
    ("address", "is_another"),
    [
        ("江苏省苏州市昆山市玉山镇", False),
        ("昆山市玉山镇", False),
        ("玉山镇农贸市场东侧", False),
        ("人民路3号市级机关宿舍", False),
        ("常熟市虞山镇", True),
        ("上海市昆山路9号", True),
    ],
)
def test_a_district_may_be_a_city_within_a_city(address: str, is_another: bool) -> None:
    assert names_another_city(address, ("苏州市", "昆山市")) == is_another
    assert not names_another_city(address, ())


def test_veterans_began_before_the_republic() -> None:
    veteran = {"person_kind": "A", "work_start": dt.date(1968, 10, 1)}
    assert codes(**veteran) == ["VETERAN_WORK_START", "VETERAN_AGE"]


@pytest.mark.parametrize(
    ("full", "month_only", "is_doubted"),
    [
        ("1951-11-01", "", False),
        ("1952-05-01", "", False),
        ("1953-05-01", "", False),
        ("1951-10-01", "", True),
        ("1951-10-01", "full_date", False),
        ("1953-08-01", "", True),
        ("1990-07-01", "", True),
    ],
)
def test_before_1956_candidates_waited_half_a_year_to_two(
    full: str, month_only: str, is_doubted: bool
) -> None:
    """Domain §3.3 6: longer and shorter than what was usual then is asked about too."""
    early: dict[str, Any] = {
        "id_number": "", "gender": "", "birth_date": dt.date(1932, 5, 1), "retire_date": None,
        "join_date": dt.date(1951, 5, 1), "full_date": dt.date.fromisoformat(full),
        "work_start": dt.date(1949, 9, 1), "month_only": month_only,
    }  # fmt: skip
    assert codes(**early) == ["ID_EMPTY"] + ["FULL_GAP"] * is_doubted


@pytest.mark.parametrize(
    ("join", "full", "month_only", "is_doubted"),
    [
        ("1970-07-01", "1971-07-01", "", False),
        ("1970-07-01", "1970-07-20", "join_date", False),
        ("1970-07-20", "1970-07-01", "full_date", False),
        ("1970-07-01", "1970-07-20", "", True),
        ("1970-07-01", "1990-07-01", "", True),
        ("1977-08-31", "1977-08-31", "", False),
        ("1977-09-01", "1977-09-01", "", True),
    ],
)
def test_in_the_years_without_probation_none_or_the_usual_time_fits(
    join: str, full: str, month_only: str, is_doubted: bool
) -> None:
    """Domain §3.3 6: 0 or blank is normal then, twenty years are not."""
    days = {"join_date": dt.date.fromisoformat(join), "full_date": dt.date.fromisoformat(full)}
    assert codes(**days, month_only=month_only) == ["FULL_GAP"] * is_doubted


def test_every_sentence_is_chinese_says_how_to_mend_and_names_its_field() -> None:
    figures: dict[str, int | str] = {
        "age": 18,
        "year": 1937,
        "most": 3,
        "first": 17,
        "who": "张建国同志",
        "day": "2026年3月1日",
    }
    for code in problems.SENTENCES:
        field = "" if code in problems._FIELDS else "join_date"
        found = problems.problem(code, field, **figures)
        assert found.field
        assert re.search(r"[请可]|只收|不能", found.message), code
        assert "{" not in found.message, code
        assert found.message.endswith("。"), code


def test_only_errors_refuse() -> None:
    assert problems.refuses([problems.problem("ID_EMPTY")]) is True
    assert problems.refuses([problems.problem("JOIN_YOUNG", age=18)]) is False


def test_gender_and_birth_follow_from_the_number() -> None:
    filled = fill(
        {"name": "单田芳", "id_number": "11010519491231002x"}, today=TODAY, parameters=PARAMETERS
    )
    assert filled["gender"] == "2"
    assert filled["birth_date"] == dt.date(1949, 12, 31)
    assert filled["id_number"] == "11010519491231002X"
    assert (filled["name_pinyin"], filled["given_name"]) == ("shantianfang", "田芳")
    assert (
        filled["missing_fields"]
        == "ethnicity,branch,member_kind,join_date,person_kind,community,phone,"
        "retire_date,former_unit,address"
    )


def test_a_birth_month_becomes_the_day_of_the_number() -> None:
    known = {"birth_date": dt.date(1949, 12, 1), "month_only": "birth_date,join_date"}
    filled = fill(GOOD | known, today=TODAY, parameters=PARAMETERS)
    assert filled["birth_date"] == dt.date(1949, 12, 31)
    assert filled["month_only"] == "join_date"


def test_what_is_typed_is_not_overwritten() -> None:
    typed = {"gender": "1", "birth_date": dt.date(1950, 1, 1)}
    filled = fill(GOOD | typed, today=TODAY, parameters=PARAMETERS)
    assert (filled["gender"], filled["birth_date"]) == ("1", dt.date(1950, 1, 1))


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (None, ""),
        (dt.date(1937, 7, 6), "1"),
        (dt.date(1937, 7, 7), "2"),
        (dt.date(1945, 9, 2), "3"),
        (dt.date(1949, 9, 30), "4"),
        (dt.date(1949, 10, 1), ""),
    ],
)
def test_period_of_joining_revolutionary_work(day: dt.date | None, code: str) -> None:
    assert period(day) == code


def lacking(**changes: Any) -> list[str]:
    return labels(missing_fields(GOOD | changes, PARAMETERS))


def test_missing_fields_in_words() -> None:
    assert lacking() == []
    assert lacking(phone="", ethnicity="") == ["民族", "联系电话"]
    assert lacking(phone="", emergency_phone="025-88886666") == ["紧急联系人同意"]
    agreed = dt.date(2026, 1, 1)
    assert lacking(phone="", emergency_phone="025-88886666", contact_agreed_on=agreed) == []


def test_of_a_veteran_the_day_of_joining_the_revolution_is_asked_too() -> None:
    """Domain §3.1: 参加工作时间 is required of 离休 alone."""
    assert lacking(work_start=None) == []
    assert lacking(work_start=None, person_kind="A") == ["参加工作时间"]
    assert lacking(person_kind="A") == []


def test_what_the_data_dictionary_requires_is_asked_of_everybody_it_concerns() -> None:
    """Domain §3.1; 其他 may be in service still."""
    assert lacking(former_unit="", address="") == ["原工作单位", "居住地址"]
    assert lacking(retire_date=None) == ["离退休时间"]
    assert lacking(retire_date=None, person_kind="E") == []


def test_of_a_full_member_the_day_of_it_is_asked_unless_nobody_waited_then() -> None:
    """Domain §3.1, §3.3 6."""
    assert lacking(full_date=None) == ["转正日期"]
    assert lacking(full_date=None, join_date=None) == ["入党日期", "转正日期"]
    assert lacking(full_date=None, member_kind="PROBATIONARY") == []
    assert lacking(full_date=None, join_date=dt.date(1977, 8, 31)) == []
    assert lacking(full_date=None, join_date=dt.date(1977, 9, 1)) == ["转正日期"]


def test_the_very_old_are_asked_for_a_contact_and_nobody_must_name_one() -> None:
    """Domain §3.1 "asked for at ≥80 y", §6.11 optional."""
    old = GOOD | {"birth_date": dt.date(1946, 11, 22)}
    assert missing_fields(old, PARAMETERS) == ""

    def asks(**changes: Any) -> bool:
        return asks_for_contact(old | changes, today=TODAY, old_age=80)

    assert asks()
    assert not asks(birth_date=dt.date(1946, 11, 23))
    assert not asks(emergency_phone="025-88886666")
    assert not asks(deceased_on=TODAY)
