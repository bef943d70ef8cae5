"""Who may open a roster: whoever reaches all that it tells, and its owner as long as she does."""

from io import BytesIO

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from branches.enums import Role
from branches.models import Appointment
from core.models import AuditEvent, User
from core.runs import run_now
from members.actions.learnt import name_branches
from members.actions.roster import confirm_roster
from members.models import Affiliation, RosterBatch
from tests.cast import TODAY
from tests.factories.branches import make_post
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db


def test_a_lower_office_opens_only_what_tells_of_itself(
    write_csv, bureau_staff, street_staff, outsider, branch, other_branch, client_for
):
    make_member(other_branch, "李秀英", id_number=number(2), gender="2")
    good = ["张建国", number(1), "QL0001", ""]
    answers = {}
    for name, row in (
        ("plain", ["王志明", number(3), "QL0001", ""]),
        ("elsewhere", ["李秀英", number(2), "QL0001", ""]),
        ("unknown", ["王志明", number(3), "柳岸社区离退休干部支部", ""]),
        ("link", ["王志明", number(3), "QL0001", "QL0002"]),
    ):
        heading = ("姓名", "公民身份号码", "所在党支部", "活动组织")
        batch = checked(bureau_staff, write_csv([good, row], heading=heading, name=f"{name}.csv"))
        page = reverse("admin:members_rosterbatch_change", args=[batch.pk])
        asked = (bureau_staff, street_staff, outsider)
        answers[name] = [client_for(user).get(page).status_code for user in asked]
    hidden = [200, 404, 404]
    assert answers == {
        "plain": [200, 200, 404],
        "elsewhere": hidden,
        "unknown": hidden,
        "link": hidden,
    }
    # Nor does it write the bureau's links in part: the last batch has one.
    with pytest.raises(ObjectDoesNotExist):
        confirm_roster(by=street_staff, batch=batch, ring=False)
    assert written(bureau_staff, batch).counts["links"] == 1
    assert Affiliation.objects.filter(branch=other_branch, roster_batch=batch).count() == 1


def test_a_secretary_who_went_on_leaves_her_roster_behind(
    write_csv, secretary, bureau_staff, branch, other_branch, client_for
):
    rows = [["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]]
    batch = checked(secretary, write_csv(rows), branch=branch)
    steps = ("members:batch", "members:batch-rejected")

    def answers() -> list[int]:
        client = client_for(User.objects.get(pk=secretary.pk))
        given = [client.get(reverse(name, args=[batch.pk])) for name in steps]
        for answer in filter(lambda each: each.streaming, given):
            b"".join(answer.streaming_content)
        return [answer.status_code for answer in given]

    assert answers() == [200, 200]
    Appointment.objects.filter(user=secretary).update(ended_on=TODAY.replace(day=1))
    assert answers() == [403, 403]
    make_post(Role.SECRETARY, other_branch, secretary)
    assert answers() == [404, 404]
    assert RosterBatch.objects.editable_by(bureau_staff).get() == batch


def test_a_street_clerk_who_became_a_secretary_leaves_his_rosters_behind(
    write_csv, street_staff, branch, other_branch, client_for
):
    batch = checked(street_staff, write_csv([["张建国", number(1), "QL0001"]]))
    # The page of the roster opens the file, not the address of exports.
    assert client_for(street_staff).get(reverse("file", args=[batch.file_id])).status_code == 404
    Appointment.objects.filter(user=street_staff).update(ended_on=TODAY.replace(day=1))
    make_post(Role.SECRETARY, other_branch, street_staff)
    moved = User.objects.get(pk=street_staff.pk)
    assert not RosterBatch.objects.visible_to(moved).exists()
    with pytest.raises(ObjectDoesNotExist):
        confirm_roster(by=moved, batch=batch, ring=False)


@pytest.fixture
def of_others(write_csv, branch, other_branch):
    """A roster with somebody at home elsewhere, and with a name that nobody knows."""
    make_member(other_branch, "李秀英", id_number=number(2), gender="2", former_unit="老厂")
    rows = [
        ["李秀英", number(2), branch.name, "新厂"],
        ["王志明", number(3), "老城片支部", "新厂"],
    ]
    return write_csv(rows, heading=("姓名", "公民身份号码", "所在党支部", "原工作单位"))


def found_in(batch):
    """Return what was found of the first row of BATCH, who is at home elsewhere."""
    return batch.rows.get(row=2).problems


def named_by(user, batch, branch):
    """Return BATCH, judged once more after USER said which branch its unknown name means."""
    batch = name_branches(by=user, batch=batch, answers={"老城片支部": branch})
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch


def test_a_roster_that_a_wider_office_has_checked_again_tells_its_owner_no_more(
    of_others, secretary, bureau_staff, branch, other_branch, client_for
):
    batch = checked(secretary, of_others)
    before = found_in(batch)
    assert "ID_ELSEWHERE" in before
    with pytest.raises(ValidationError, match=f"认作“{other_branch}”.*另外上传"):
        named_by(bureau_staff, batch, other_branch)
    batch = named_by(bureau_staff, batch, branch)

    assert (batch.counts["N"], batch.counts["R"], found_in(batch)) == (1, 1, before)
    client = client_for(secretary)
    page = client.get(reverse("members:batch", args=[batch.pk]), {"tab": "rejected"}).text
    workbook = client.get(reverse("members:batch-rejected", args=[batch.pk]))
    rows = load_workbook(BytesIO(b"".join(workbook.streaming_content))).active.values
    told = " ".join(str(cell) for row in rows for cell in row)
    for said in (page, told):
        assert "已存在于其他组织" in said
        assert other_branch.name not in said
    # The bureau's own roster says it in full.
    assert "OTHER_BRANCH" in found_in(checked(bureau_staff, of_others))


def test_a_roster_whose_owner_may_not_import_is_taken_over_by_who_checks_it_again(
    of_others, secretary, bureau_staff, branch, other_branch, client_for
):
    batch = checked(secretary, of_others)
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    batch = named_by(bureau_staff, batch, branch)
    assert "OTHER_BRANCH" in found_in(batch)
    assert AuditEvent.objects.get(act="接手名册").by == bureau_staff
    User.objects.filter(pk=secretary.pk).update(is_active=True)
    client = client_for(User.objects.get(pk=secretary.pk))
    assert client.get(reverse("members:batch", args=[batch.pk])).status_code == 404
    # She may begin anew with the same file, and learns what she learnt before.
    anew = checked(secretary, of_others)
    assert anew != batch
    assert "ID_ELSEWHERE" in found_in(anew)
