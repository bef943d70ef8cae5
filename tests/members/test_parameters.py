"""The thresholds of the checks come from rule parameters."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from branches.models import Area
from core.models import Code, RuleParameter
from members.parameters import check_parameters
from members.rules.parameters import CheckParameters
from tests.factories.branches import make_area, make_district


@pytest.mark.django_db
def test_every_threshold_has_a_shipped_row_and_can_be_changed() -> None:
    shipped = check_parameters()
    assert shipped.join_age_usual == 18
    assert shipped.no_probation_from == dt.date(1969, 4, 1)
    assert shipped.veteran_born_until == 1936
    assert shipped.probation_days(dt.date(1955, 12, 31)) == (180, 740)
    assert shipped.probation_days(dt.date(1956, 1, 1)) == (300, 800)
    assert shipped.medal_party_start(2026) == dt.date(1976, 7, 1)
    RuleParameter.objects.filter(key="medal.cut_off").update(value="10-01")
    assert check_parameters().medal_party_start(2026) == dt.date(1976, 10, 1)
    RuleParameter.objects.filter(key="member.join_age_usual").update(value="20")
    assert check_parameters().join_age_usual == 20


def test_the_day_of_the_medal_is_one_of_every_year() -> None:
    reading = CheckParameters.readings()["medal.cut_off"]
    assert reading.accepts_text("07-01")
    assert not any(map(reading.accepts_text, ("02-29", "7-1", "13-01", "0701", "七一", "")))
    assert "写成07-01的样子" in reading.expected


@pytest.mark.django_db
def test_numbers_begin_with_what_the_standard_ever_listed() -> None:
    areas = check_parameters().areas
    abolished = {"110103", "320103", "310119"}  # 崇文区, 白下区, 南汇区
    assert {"110105", "320614", "320100", "710000", "810000"} | abolished <= areas
    assert areas.isdisjoint({"329901", "990101", "000000", ""})
    assert {len(area) for area in areas} == {6}


@pytest.mark.django_db
def test_a_district_that_was_loaded_counts_though_the_table_lacks_it() -> None:
    make_area(make_district("新区", "320199000000"), "东城街道")
    make_district("演示区", "990101000000")
    Area.objects.filter(code__startswith="9901").update(is_demo=True)
    assert {area for area in check_parameters().areas if area[:4] in {"3201", "9901"}} >= {"320199"}
    assert "990101" not in check_parameters().areas
    assert check_parameters(number="320199195001010011").areas == {"320199"}
    assert check_parameters(number="990101195001010010").areas == frozenset()


@pytest.mark.django_db
def test_one_number_asks_for_its_own_area_and_for_those_in_use(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    with django_assert_num_queries(2):  # thresholds, areas
        asked = check_parameters(number="320103195001010017", demo=False)
    assert asked.areas == {"320103"}
    with django_assert_num_queries(1):
        assert check_parameters(number="", demo=False).areas is None
    Code.objects.filter(table="territory", code="320103").update(is_active=False)
    Code.objects.filter(table="territory", code="320102").update(valid_from="2999-01-01")
    for number in ("320103195001010017", "320102195001010010"):
        assert check_parameters(number=number).areas == frozenset()
