"""The thresholds of the checks come from rule parameters."""

import datetime as dt

import pytest

from core.models import RuleParameter
from members.parameters import check_parameters


@pytest.mark.django_db
def test_every_threshold_has_a_shipped_row_and_can_be_changed() -> None:
    shipped = check_parameters()
    assert shipped.join_age_usual == 18
    assert shipped.no_probation_from == dt.date(1969, 4, 1)
    assert shipped.veteran_born_until == 1936
    assert shipped.probation_days(dt.date(1955, 12, 31)) == (180, 740)
    assert shipped.probation_days(dt.date(1956, 1, 1)) == (300, 800)
    RuleParameter.objects.filter(key="member.join_age_usual").update(value="20")
    assert check_parameters().join_age_usual == 20
