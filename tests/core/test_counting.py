"""Several counts in one query are what each would be alone."""

import pytest

from branches.models import Branch
from core.counting import counted
from core.models import User
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db


def test_counts_stand_in_their_order(
    branch, other_branch, bureau_staff, outsider, django_assert_num_queries
):
    make_member(branch)
    make_member(other_branch)
    questions = [
        Member.objects.visible_to(bureau_staff),
        Member.objects.none(),
        Branch.objects.visible_to(bureau_staff).filter(name="查'无%s此"),
        User.objects.filter(pk__in=[bureau_staff.pk, outsider.pk]),
    ]
    alone = [each.count() for each in questions]
    with django_assert_num_queries(1):
        assert counted(*questions) == alone
    assert alone[1:] == [0, 0, 2]
    assert alone[0] > 0
