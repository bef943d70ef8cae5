"""A reason may quote somebody's number: it is kept nowhere whole that is read in the clear, and for good."""

import pytest

from branches.actions import create_branch, update_branch
from branches.models import Branch
from core.actions.accounts import close_account
from core.actions.reveal import reveal
from core.models import AuditEvent
from members.actions import (
    add_link,
    end_link,
    mark_deceased,
    transfer_member,
    update_member,
)
from members.actions.life import withdraw_death
from members.models import Affiliation, Member
from tests.cast import TODAY
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
ID, PHONE = number(11), "16112345678"
SAID = f"核对{ID}、{PHONE}"
HIDDEN = f"核对{ID[:3]}***********{ID[-4:]}、161****5678"


@pytest.fixture
def person(branch):
    return make_member(branch, "王志明", id_number=number(3), phone="16100001234")


def kept_of(*models):
    """Return what lies in the clear: the trail, and the rows of MODELS but for what is sealed."""
    rows = [row for model in (AuditEvent, *models) for row in model.objects.values()]
    return str(rows)


def test_the_paper_by_which_a_branch_was_founded(community):
    new = create_branch(
        by=None, code="QL9", name="梧桐支部", kind="branch.branch", area=community,
        approval_doc=SAID,
    )  # fmt: skip
    update_branch(by=None, branch=new, approval_doc=f"又{SAID}")
    kept = kept_of(Branch)
    assert (ID in kept, PHONE in kept) == (False, False)
    assert Branch.objects.get().approval_doc.startswith("又")


def test_reasons_of_acts_on_people_and_accounts(
    person, secretary, sysadmin, bureau_staff, group_leader, other_branch
):
    reveal(by=secretary, instance=person, field="phone", reason=SAID)
    close_account(by=sysadmin, user=group_leader, reason=SAID)
    link = add_link(
        by=bureau_staff, member=person, branch=other_branch, kind="TEMPORARY", document=SAID
    )
    end_link(by=bureau_staff, affiliation=link, reason=SAID)
    person.refresh_from_db()
    update_member(
        by=secretary, member=person, version=person.version, note=SAID, birth_date_reason=SAID
    )
    mark_deceased(by=bureau_staff, member=Member.objects.get(), on=TODAY)
    withdraw_death(by=bureau_staff, member=Member.objects.get(), reason=SAID)
    transfer_member(
        by=bureau_staff, member=Member.objects.get(), to=other_branch, on=TODAY, document=SAID
    )
    kept = kept_of(Affiliation, Member)
    assert (ID in kept, PHONE in kept) == (False, False)
    told = AuditEvent.objects.filter(note__contains=HIDDEN).values_list("act", flat=True)
    assert {"查看完整信息", "停用账号", "撤回已故登记", "修改党员资料"} <= set(told)
    assert set(
        Affiliation.objects.filter(kind="TEMPORARY").values_list("document", "end_reason")
    ) == {(HIDDEN, HIDDEN)}
