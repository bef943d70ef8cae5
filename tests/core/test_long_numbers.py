"""Long numbers are hidden however they are written."""

import pytest

from core.long_numbers import hide_long_numbers, hide_personal_numbers, without_long_numbers


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


def test_none_of_it_is_kept_in_the_clear():
    assert without_long_numbers("证号 990101 19480101 0149") == "证号 "


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("介绍信990101194801010149号", "介绍信990***********0149号"),
        ("990101 19480101 014x", "990*** ******** 014x"),
        ("13812345678", "138****5678"),
        ("苏组转字第2026110012345号", "苏组转字第2026110012345号"),
        ("320106202601120003", "320106202601120003"),
        ("2026年第13812345678901号", "2026年第13812345678901号"),
    ],
)
def test_of_the_number_of_a_paper_only_a_person_s_is_hidden(written, shown):
    assert hide_personal_numbers(written) == shown
