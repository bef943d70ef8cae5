"""A whole-batch transfer taken back: everybody where he was, on record, not where later work stands on it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from activities.models import Activity, Attendance
from branches.enums import BranchKind, Role
from branches.models import Appointment, Branch
from core.models import AuditEvent, User
from members.actions import (
    HandOver,
    add_link,
    import_transfers,
    mark_deceased,
    receive_transfers,
    return_transfer,
    transfer_member,
    undo_transfers,
)
from members.models import Affiliation, Member, Transfer, TransferBatch
from members.progress import placement
from members.rules.transfer import Letter
from tests.factories.branches import make_branch, make_post, make_user
from tests.factories.members import make_transfer_batch
from tests.members.admin.test_sheets import text_of
from tests.members.sheets.handed_over import ties

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY, LATER = dt.date(2026, 8, 2), dt.date(2026, 8, 10)
WHY = "名单传错了"


def received(by, *members):
    """Receive MEMBERS of the batch; the others stay on the way."""
    ways = Transfer.objects.filter(member__in=members)
    assert receive_transfers(by=by, transfers=ways, on=DAY).number == len(members)


def at_home():
    """Where everybody is at home and which ties are in force."""
    fields = ("branch__code", "group__code", "area_path")
    current = Affiliation.objects.current().order_by("pk")
    return (
        list(Member.objects.order_by("pk").values_list("name", *fields)),
        list(current.values_list("pk", "branch__code", "ended_on", "end_reason")),
    )


def test_everybody_is_where_he_was_and_the_history_stays(bureau_staff, branch, other_branch, group):
    batch = make_transfer_batch(
        branch, other_branch, by=bureau_staff, names=["张一", "李二", "王三", "赵四"]
    )
    zhang, li, wang, _ = Member.objects.order_by("pk")
    Member.objects.filter(pk=zhang.pk).update(group=group)
    add_link(by=None, member=zhang, branch=other_branch, kind="COMMUNITY", started_on=DAY)
    before = at_home()
    received(bureau_staff, zhang, li)
    return_transfer(
        by=bureau_staff, transfer=batch.transfers.get(member=wang), on=DAY, reason="地址不对"
    )
    assert at_home() != before

    undone = undo_transfers(by=bureau_staff, batch=batch, reason=f" {WHY}")

    assert at_home() == before
    assert (undone.is_undone, undone.undo_reason) == (True, WHY)
    states = Transfer.objects.order_by("pk").values_list("state", "received_on", "settled_by")
    us = bureau_staff.pk
    assert list(states) == [
        *(("UNDONE", DAY, us), ("UNDONE", DAY, us)),
        *(("RETURNED", None, us), ("UNDONE", None, None)),
    ]
    came = Affiliation.objects.get(member=li, branch=other_branch)
    assert (came.ending, came.end_reason, came.started_on) == ("已撤回", "整建制转接已撤回", DAY)
    event = AuditEvent.objects.get(act="撤回整建制转接")
    assert event.note == f"接收的2人回到原党支部，在途的1人不再转。{WHY}"
    assert (event.by, event.object_id) == (bureau_staff, str(batch.pk))
    figures = placement(undone, bureau_staff)
    assert (figures.listed, figures.received, figures.on_the_way, figures.returned) == (0, 0, 0, 1)
    undo_transfers(by=bureau_staff, batch=batch, reason="再按一次")
    assert AuditEvent.objects.filter(act="撤回整建制转接").count() == 1


def test_later_work_on_anybody_keeps_the_batch_and_is_told_with_the_names(
    bureau_staff, branch, other_branch, community, other_community
):
    names = ["钱一", "孙二", "李三", "周四", "吴五", "郑六", "王七", "冯八"]
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=names)
    died, on, grouped, linked, leaving, posted, attended, edited = Member.objects.order_by("pk")
    account = make_user("posted")
    Member.objects.filter(pk=posted.pk).update(user=account)
    received(bureau_staff, *Member.objects.all())
    mark_deceased(by=None, member=died, on=LATER)
    third = make_branch(community, "槐荫第三党支部")
    transfer_member(by=None, member=on, to=third, on=LATER, document="介字9")
    there = make_branch(
        other_community, "柳岸一组", kind=BranchKind.PARTY_GROUP, parent=other_branch
    )
    Member.objects.filter(pk=grouped.pk).update(group=there)
    add_link(by=None, member=linked, branch=branch, kind="COMMUNITY", started_on=LATER)
    second = TransferBatch.objects.create(
        by=bureau_staff, unit="别的厂", agreement="协议", handed_over_on=DAY, handed_over=1
    )
    Transfer.objects.create(
        batch=second,
        member=leaving,
        from_branch=other_branch,
        to_branch=third,
        letter_no="介字8",
        issued_on=LATER,
        valid_days=30,
        due_on=LATER,
        moves_on=LATER,
    )
    Appointment.objects.create(
        user=account, role=Role.COMMITTEE, branch=other_branch, started_on=LATER
    )
    day = Activity.objects.create(
        kind_id="activity.theme_day", branch=other_branch, period="2026-08", date=LATER
    )
    for who, is_due in ((attended, True), (edited, False)):
        Attendance.objects.create(
            activity=day, member=who, home_branch=other_branch, state="PRESENT", is_due=is_due
        )
    Member.objects.filter(pk=edited.pk).update(address="槐荫里1号", version=9)
    before = at_home()

    with pytest.raises(ValidationError) as refused:
        undo_transfers(by=bureau_staff, batch=batch, reason=WHY)

    assert refused.value.messages == [
        "没有撤回，什么都没有改：下面这些是后来办的，先理顺再来撤回；理不顺的，请一位一位办理。",
        "接收以后，登记为已故：钱一。",
        "接收以后，组织关系又转接或转出了：孙二。",
        "接收以后，编进了转入党支部的党小组：李三。",
        "接收以后，把原来的党支部登记为活动组织：周四。",
        "接收以后，又有一项在途的转接：吴五。",
        "接收以后，在转入的党支部任职：郑六。",
        "那里的活动记录里，已经列入应到名单：王七。",
    ]
    assert at_home() == before
    assert not TransferBatch.objects.get(pk=batch.pk).is_undone
    assert set(batch.transfers.values_list("state", flat=True)) == {"RECEIVED"}


def test_nobody_goes_back_to_a_branch_that_is_gone_or_in_other_hands(
    bureau_staff, branch, other_branch, far_district, far_branch
):
    post = make_post(Role.BUREAU, far_district, bureau_staff)
    both = User.objects.get(pk=bureau_staff.pk)
    names = [f"张{number}" for number in range(12)]
    batch = make_transfer_batch(far_branch, other_branch, by=both, names=names)
    received(both, *Member.objects.all())
    Branch.objects.filter(pk=far_branch.pk).update(dissolved_on=LATER)
    people = "、".join(names[:10])
    with pytest.raises(ValidationError, match="已经撤销") as refused:
        undo_transfers(by=both, batch=batch, reason=WHY)
    assert refused.value.messages[1:] == [f"原来的党支部已经撤销，回不去：{people}等12人。"]
    Branch.objects.filter(pk=far_branch.pk).update(dissolved_on=None)
    post.delete()
    batch.area_path = other_branch.area_path
    batch.save()
    one = User.objects.get(pk=bureau_staff.pk)
    with pytest.raises(ValidationError, match="已不在您的管理范围"):
        undo_transfers(by=one, batch=batch, reason=WHY)


def test_who_came_by_another_letter_stays(bureau_staff, branch, other_branch):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    member = Member.objects.get()
    transfer_member(by=None, member=member, to=other_branch, on=DAY, document="介字另")
    undo_transfers(by=bureau_staff, batch=batch, reason=WHY)
    assert [(code, last) for code, _, _, last in ties(member)] == [
        ("QL0001", dt.date(2026, 8, 1)),
        ("QL0002", None),
    ]
    assert batch.transfers.get().state == "UNDONE"


def test_the_agreement_may_be_registered_anew_with_the_same_days(
    bureau_staff, branch, other_branch
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    member = Member.objects.get()
    received(bureau_staff, member)
    undo_transfers(by=bureau_staff, batch=batch, reason=WHY)
    heading = ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"]
    row = [member.number, member.name, branch.code, other_branch.code, DAY]
    agreed = HandOver(batch.unit, batch.agreement, DAY, 9)  # also another number
    letter = Letter("介字002", DAY, 90)
    rows = [(1, heading), (2, row)]
    assert import_transfers(by=bureau_staff, rows=rows, agreed=agreed, letter=letter).counts == {
        "rows": 1,
        "created": 1,
        "unchanged": 0,
        "listed": 1,
        "handed_over": 9,
    }
    received(bureau_staff, member)
    assert Member.objects.get().branch == other_branch


def test_only_whose_batch_it_is_takes_it_back_and_says_why(
    bureau_staff, secretary, outsider, branch, other_branch
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff)
    with pytest.raises(PermissionDenied):
        undo_transfers(by=secretary, batch=batch, reason=WHY)
    with pytest.raises(TransferBatch.DoesNotExist):
        undo_transfers(by=outsider, batch=batch, reason=WHY)
    with pytest.raises(ValidationError, match="请写明为什么撤回"):
        undo_transfers(by=bureau_staff, batch=batch, reason=" \u200b ")
    assert batch.transfers.on_the_way().count() == 1


def test_the_page_of_the_batch_takes_it_back_and_says_so(
    client_for, bureau_staff, branch, other_branch
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国", "李德明"])
    zhang = Member.objects.order_by("pk").first()
    received(bureau_staff, zhang)
    mark_deceased(by=None, member=zhang, on=LATER)
    client = client_for(bureau_staff)
    page = reverse("admin:members_transferbatch_change", args=[batch.pk])
    undo = reverse("admin:transferbatch-undo", args=[batch.pk])
    assert f'href="{undo}"' in text_of(client.get(page))
    assert "登记为已故：张建国。" in text_of(client.post(undo, {"reason": WHY}))
    Member.objects.filter(pk=zhang.pk).update(deceased_on=None)
    Affiliation.objects.filter(member=zhang, branch=other_branch).update(
        ended_on=None, end_reason=""
    )
    shown = text_of(client.post(undo, {"reason": WHY}, follow=True))
    assert "整批已撤回：接收过的同志仍隶属原来的党支部" in shown
    assert f"整批撤回</strong>。原因：{WHY}。" in shown
    for gone in ("按名单接收", "加名单", "全部接收", undo):
        assert gone not in shown
    lists = text_of(client.get(reverse("admin:members_transferbatch_changelist")))
    assert "已撤回" in lists
    adding = reverse("admin:members_transferbatch_add")
    assert client.get(f"{adding}?batch={batch.pk}").status_code == 404
    of_state = reverse("admin:members_transfer_changelist") + "?state=UNDONE"
    assert "李德明" in text_of(client.get(of_state))
