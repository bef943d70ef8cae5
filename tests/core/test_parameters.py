"""Rule parameters: nearest area, newest valid row."""

import datetime
from decimal import Decimal

import pytest

from core import readings
from core.models import RuleParameter
from core.parameters import Parameters, parameter, parameters
from core.readings import Reading
from core.rules import typed

pytestmark = pytest.mark.django_db

NANJING, HAIMEN = "320102001001", "320614001001"


@pytest.fixture(autouse=True)
def read_by_the_tests(monkeypatch):
    for key in ("k", "blank", "branch.max", "branch.min_full", "election.quorum", "term.remind"):
        monkeypatch.setitem(readings._thresholds, key, Reading("whole", may_be_missing=True))


def keep(key, value, *, area_code="", valid_from=datetime.date(2020, 1, 1), value_type="int"):
    return RuleParameter.objects.create(
        key=key,
        name="试验",
        value=value,
        value_type=value_type,
        area_code=area_code,
        valid_from=valid_from,
        source="试验",
    )


def test_the_coverage_model_is_one_plus_two_until_the_bureau_blanks_it():
    assert parameter("affiliation.max_links") == 2
    keep("affiliation.max_links", "", area_code="320614")
    assert parameter("affiliation.max_links", area_code=HAIMEN) is None
    assert parameter("affiliation.max_links", area_code=NANJING) == 2


def test_the_nearest_area_wins_over_a_newer_general_row():
    keep("k", "1", area_code="3206")
    keep("k", "2", area_code="320614")
    keep("k", "3", valid_from=datetime.date(2026, 1, 1))
    assert parameter("k", area_code=HAIMEN) == 2
    assert parameter("k", area_code="320600") == 1
    assert parameter("k", area_code=NANJING) == 3


def test_a_change_applies_from_its_day():
    keep("k", "1")
    keep("k", "2", valid_from=datetime.date(2026, 7, 1))
    assert parameter("k", on=datetime.date(2026, 6, 30)) == 1
    assert parameter("k", on=datetime.date(2026, 7, 1)) == 2


def test_a_day_before_every_row_takes_the_oldest():
    keep("k", "1")
    keep("k", "2", valid_from=datetime.date(2026, 7, 1))
    assert parameter("k", on=datetime.date(1999, 1, 1)) == 1


def test_an_area_row_that_has_not_begun_leaves_the_general_one_in_force():
    keep("k", "1")
    keep("k", "9", area_code="320614", valid_from=datetime.date(2027, 1, 1))
    assert parameter("k", on=datetime.date(2026, 11, 22), area_code=HAIMEN) == 1


def test_several_come_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        values = parameters("branch.min_full", "election.quorum", "term.remind")
    assert values == {
        "branch.min_full": 3,
        "election.quorum": Decimal("0.8"),
        "term.remind": "6,3,1",
    }


def test_an_unknown_key_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        parameter("no.such")


def test_a_number_that_must_be_set():
    keep("blank", "")
    rows = Parameters("branch.max", "blank")
    assert rows.number("branch.max") == 50
    with pytest.raises(TypeError):
        rows.number("blank")


@pytest.mark.parametrize(
    ("text", "kind"), [("三", "int"), ("1.2.3", "decimal"), ("NaN", "decimal")]
)
def test_text_that_is_no_number_is_refused(text, kind):
    with pytest.raises(ValueError, match=text):
        typed(text, kind)
