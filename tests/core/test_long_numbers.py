"""Long numbers are hidden however they are written."""

import pytest

from core.long_numbers import (
    has_long_number,
    hide_long_numbers,
    hide_personal_numbers,
    kept_reason,
    without_long_numbers,
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("990101194801010149", "990***********0149"),
        ("990101 194801010149", "990*** ********0149"),
        ("990101 19480101 0149", "990*** ******** 0149"),
        ("161-1234-5678", "161-****-5678"),
        ("身份证990101 19480101 014x。", "身份证990*** ******** 014x。"),
        ("1948-03-05 10:30", "1948-03-05 10:30"),
        ("2026-01-01-2026-03-31", "2026-01-01-2026-03-31"),
        ("20260101-20260331活动", "20260101-20260331活动"),
        ("名册20261128234500.xlsx", "名册20261128234500.xlsx"),
        ("20269928234500", "202*******4500"),
        ("第3党支部 2026年", "第3党支部 2026年"),
    ],
)
def test_only_the_ends_of_a_long_number_are_shown(written, shown):
    assert hide_long_numbers(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("护照E12345678", "护照*******78"),
        ("护照号码：e1234 5678，过期", "护照号码：***** **78，过期"),
        ("护照G1234567", "护照******67"),
        ("护照Ｅ１２３４５６７８", "护照*******７８"),
        ("拿E12345678来的", "拿*******78来的"),
        ("换成EA1234567", "换成*******67"),
        ("通行证 H1234567890", "通行证 *********90"),
        ("港澳H12345678到期", "港澳*******78到期"),
        ("台胞证（12345678）", "台胞证（******78）"),
        ("证件号1234567801", "证件号********01"),
        ("A123456789", "********89"),
        ("证件号码990101 1948 0101 0149", "证件号码990*** **** **** 0149"),
    ],
)
def test_of_the_number_of_another_document_the_last_two_are_shown(written, shown):
    assert kept_reason(written) == shown
    assert has_long_number(written)


@pytest.mark.parametrize(
    "written",
    [
        "B12栋",
        "QL0001-1",
        "QL2026001",
        "苏组字第A20261101号",
        "苏A12345",
        "座机65123456",
        "证件齐全，座机65123456",
        "护照20280301到期",
        "通行证2028年到期",
        "DSCN12345678",
    ],
)
def test_codes_days_and_telephones_of_an_office_are_no_document(written):
    assert kept_reason(written) == written
    assert not has_long_number(written)


HOWEVER_WRITTEN = [
    ("找１３９１２３４５６７８", "找１３９****５６７８"),
    ("139.1234.5678", "139.****.5678"),
    ("１３９．１２３４．５６７８", "１３９．****．５６７８"),
    ("139。1234。5678", "139。****。5678"),
    ("139·1234·5678", "139·****·5678"),
    ("139-1234-5678", "139-****-5678"),
    ("139 - 1234 - 5678", "139 - **** - 5678"),
    ("139—1234—5678", "139—****—5678"),
    ("1391-234-5678", "139*-***-5678"),
    ("139 123 45678", "139 *** *5678"),
    ("+86 139 1234 5678", "+86 1** **** 5678"),
    ("+8613912345678", "+861******5678"),
    ("电话139 1234 5678，2026年", "电话139 **** 5678，2026年"),
    ("990101 19490101 0013", "990*** ******** 0013"),
    ("990101.19490101.0013", "990***.********.0013"),
    ("990101 1949 0101 001x", "990*** **** **** 001x"),
    ("990101·1949-01-01·0013", "990***·****-**-**·0013"),
    ("９９０１０１１９４９０１０１００１Ｘ", "９９０***********００１Ｘ"),
    ("找13912345678元旦前报名", "找139****5678元旦前报名"),
    ("13912345678 元月5日联系", "139****5678 元月5日联系"),
    ("990101194901010013元宵节来", "990***********0013元宵节来"),
]


@pytest.mark.parametrize(("written", "shown"), HOWEVER_WRITTEN)
def test_a_telephone_and_an_id_are_known_however_their_groups_are_kept_apart(written, shown):
    assert hide_long_numbers(written) == shown
    assert hide_personal_numbers(written) == shown
    assert has_long_number(written)


@pytest.mark.parametrize(
    "written",
    [
        "苏组发〔2026〕12号、13号",
        "2026年第12期",
        "2023 2024 2025",
        "1949 1956 1966 1978",
        "2021—2022—2023",
        "2024-2025、2025-2026",
        "２０２３　２０２４　２０２５",
        "2026.01.01-2026.03.31",
        "1949.10.01 1956.10.01",
        "2026.11.28 10.30",
        "2026-1-5 2026-12-31",
        "2026-11-28 09:30-11:00",
        "2026-11-28 0930-1100",
        "2026年11月28日9:30至2026年11月29日11:00",
        "1234567.89元",
        "123456789.50元",
        "13912345678元",
        "慰问13912345678元，元旦前",
        "IMG_20261129_093015.jpg",
        "IMG_20261129_093015123.jpg",
        "微信图片_20261129093015.jpg",
        "1391234567890 万元",
        "1,234,567,890.50",
        "8:30 - 11:30",
    ],
)
def test_days_hours_years_amounts_and_papers_stay_as_written(written):
    assert hide_long_numbers(written) == written
    assert hide_personal_numbers(written) == written
    assert not has_long_number(written)


def test_none_of_it_is_kept_in_the_clear():
    assert without_long_numbers("证号 990101 19480101 0149") == "证号 "
    assert without_long_numbers("护照E12345678，A12345678") == "护照，"
    assert without_long_numbers("找139.1234.5678谈") == "找谈"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("介绍信990101194801010149号", "介绍信990***********0149号"),
        ("990101 19480101 014x", "990*** ******** 014x"),
        ("13812345678", "138****5678"),
        ("苏组转字第2026110012345号", "苏组转字第2026110012345号"),
        ("320106202601120003", "320106202601120003"),
        ("2026年第13812345678901号", "2026年第13812345678901号"),
        ("护照E12345678的介绍信", "护照*******78的介绍信"),
        ("苏组字第A12345678号", "苏组字第A12345678号"),
    ],
)
def test_of_the_number_of_a_paper_only_a_person_s_is_hidden(written, shown):
    assert hide_personal_numbers(written) == shown
