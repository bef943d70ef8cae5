"""What a check tells of people out of reach is little, and on record (security §5a 61)."""

import pytest
from django.urls import reverse

from core.models import AuditEvent, RuleParameter
from members.enums import RosterState
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db
NAMES = "张王李赵陈刘杨黄吴周徐孙马朱胡林郭何高罗郑梁谢宋"


@pytest.fixture
def candidates(write_csv, branch):
    """Check as SECRETARY the numbers that differ from each other at their end only."""

    def check(user, names, orders):
        rows = [
            [name, number(order), branch.code] for name, order in zip(names, orders, strict=True)
        ]
        return checked(user, write_csv(rows))

    return check


def test_trying_the_numbers_that_a_mask_leaves_is_refused_whole(
    candidates, secretary, far_branch, client_for
):
    hidden = make_member(far_branch, "王建国", id_number=number(3))
    batch = candidates(secretary, ["王建国"] * 4, range(1, 8, 2))
    assert (batch.state, batch.rows.count()) == (RosterState.REFUSED, 0)
    page = client_for(secretary).get(reverse("members:batch", args=[batch.pk])).text
    assert "超过3行的姓名相同、证件号码只有几位不同" in page
    assert "其他组织" not in page
    told = AuditEvent.objects.get(act="核对名册")
    assert (told.by, told.note) == (secretary, batch.refusals[0]["message"])
    assert hidden.id_number not in str(batch.refusals)


def test_other_names_do_not_help(candidates, secretary):
    """Numbers of one birth date whose check digit is known, too: one in eleven."""
    RuleParameter.objects.filter(key="roster.any_name_alike_max").update(value="4")
    alike = [order for order in range(1, 200) if number(order)[-1] == number(1)[-1]]
    names = [f"{sur}建国" for sur in NAMES]
    assert candidates(secretary, names[:4], alike[:4]).state == RosterState.READY
    refused = candidates(secretary, names[:5], alike[:5])
    assert refused.state == RosterState.REFUSED
    assert "超过4行的证件号码只有几位不同" in refused.refusals[0]["message"]


def test_every_check_says_in_the_trail_how_many_are_known_elsewhere(
    candidates, secretary, bureau_staff, far_branch
):
    make_member(far_branch, "王建国", id_number=number(3))
    candidates(secretary, ["张建国", "王建国", "王建国"], (1, 3, 5))
    told = AuditEvent.objects.visible_to(bureau_staff).get(act="核对名册")
    assert told.by == secretary
    assert told.note == "3行，其中1行的证件号码登记在管理范围以外。"


def test_the_digits_before_the_birth_date_are_hidden_as_well(secretary, write_csv, branch):
    """A mask shows three digits and four: the area is tried as the birth date is, blanks do not help."""
    tried = {}
    for area in range(329000, 330000):
        for order in (3, 7):
            tried.setdefault(number(order, area=str(area))[-4:], []).append(
                number(order, area=str(area))
            )
    alike = max(tried.values(), key=len)
    names = ("王建国", "王 建国", "王建 国", "王建国")
    rows = [[name, one, branch.code] for name, one in zip(names, alike[:4], strict=True)]
    assert checked(secretary, write_csv(rows[:3])).state == RosterState.READY
    refused = checked(secretary, write_csv(rows))
    assert refused.state == RosterState.REFUSED
    assert "姓名相同、证件号码只有几位不同" in refused.refusals[0]["message"]
