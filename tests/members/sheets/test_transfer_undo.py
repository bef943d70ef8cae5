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
REFUSED = (
    "没有撤回，什么都没有改：下面这些是后来办的。请先办好这些，再来撤回；办不了的，请一位一位改。"
)


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
        branch, other_branch, by=bureau_staff, names=["张一", "李二", "王三", "赵四", "周五"]
    )
    zhang, li, wang, _, zhou = Member.objects.order_by("pk")
    Member.objects.filter(pk__in=[zhang.pk, zhou.pk]).update(group=group)
    add_link(by=None, member=zhang, branch=other_branch, kind="COMMUNITY", started_on=DAY)
    before = at_home()
    received(bureau_staff, zhang, li)
    zhou.refresh_from_db()
    letter = batch.transfers.get(member=zhou).letter_no
    transfer_member(by=bureau_staff, member=zhou, to=other_branch, on=DAY, document=letter)
    return_transfer(
        by=bureau_staff, transfer=batch.transfers.get(member=wang), on=DAY, reason="地址不对"
    )
    assert at_home() != before

    undone = undo_transfers(by=bureau_staff, batch=batch, reason=f" {WHY}").batch

    assert at_home() == before
    assert (undone.is_undone, undone.undo_reason) == (True, WHY)
    states = Transfer.objects.order_by("pk").values_list("state", "received_on", "settled_by")
    us = bureau_staff.pk
    assert list(states) == [
        *(("UNDONE", DAY, us), ("UNDONE", DAY, us)),
        *(("RETURNED", None, us), ("UNDONE", None, None), ("UNDONE", DAY, us)),
    ]
    came = Affiliation.objects.get(member=li, branch=other_branch)
    assert (came.ending, came.end_reason, came.started_on) == ("已撤回", "整建制转接已撤回", DAY)
    event = AuditEvent.objects.get(act="撤回整建制转接")
    assert event.note == f"接收的3人回到原来的党支部；在途的1人不再转。{WHY}"
    assert (event.by, event.object_id) == (bureau_staff, str(batch.pk))
    figures = placement(undone, bureau_staff)
    assert (figures.listed, figures.received, figures.on_the_way, figures.returned) == (0, 0, 0, 1)
    undo_transfers(by=bureau_staff, batch=batch, reason="再按一次")
    assert AuditEvent.objects.filter(act="撤回整建制转接").count() == 1


def dies(member, place):
    mark_deceased(by=None, member=member, on=LATER)


def goes_on(member, place):
    third = make_branch(place.area, "柳岸第三党支部")
    transfer_member(by=None, member=member, to=third, on=LATER, document="介字9")


def joins_a_group(member, place):
    there = make_branch(place.area, "柳岸一组", kind=BranchKind.PARTY_GROUP, parent=place)
    Member.objects.filter(pk=member.pk).update(group=there)


def keeps_coming(member, place):
    old = Transfer.objects.get(member=member).from_branch
    add_link(by=None, member=member, branch=old, kind="COMMUNITY", started_on=LATER)


def leaves(member, place):
    second = TransferBatch.objects.create(
        by=User.objects.get(username="bureau"),
        unit="别的厂",
        agreement="协议",
        handed_over_on=DAY,
        handed_over=1,
    )
    Transfer.objects.create(
        batch=second,
        member=member,
        from_branch=place,
        to_branch=make_branch(place.area, "柳岸第三党支部"),
        letter_no="介字8",
        issued_on=LATER,
        valid_days=30,
        due_on=LATER,
        moves_on=LATER,
    )


def takes_a_post(member, place):
    account = make_user("posted")
    Member.objects.filter(pk=member.pk).update(user=account)
    Appointment.objects.create(user=account, role=Role.COMMITTEE, branch=place, started_on=LATER)


def attends(member, place, *, is_due=True):
    day = Activity.objects.create(
        kind_id="activity.theme_day", branch=place, period="2026-08", date=LATER
    )
    Attendance.objects.create(
        activity=day, member=member, home_branch=place, state="PRESENT", is_due=is_due
    )


@pytest.mark.parametrize(
    ("becomes", "said"),
    [
        (dies, "接收以后，登记为已故"),
        (goes_on, "接收以后，组织关系又转接或转出了"),
        (joins_a_group, "接收以后，编进了转入党支部的党小组"),
        (keeps_coming, "接收以后，把原来的党支部登记为活动组织"),
        (leaves, "接收以后，又有一项在途的转接"),
        (takes_a_post, "接收以后，在转入的党支部任职"),
        (attends, "那里的活动记录里，已经列入应到名单"),
    ],
)
def test_later_work_on_anybody_keeps_the_batch_and_is_told_with_the_name(
    bureau_staff, branch, other_branch, becomes, said
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["钱一", "孙二"])
    received(bureau_staff, *Member.objects.all())
    becomes(Member.objects.get(name="钱一"), other_branch)
    before = at_home()
    with pytest.raises(ValidationError) as refused:
        undo_transfers(by=bureau_staff, batch=batch, reason=WHY)
    assert refused.value.messages == [REFUSED, f"{said}：钱一。"]
    assert at_home() == before
    assert not TransferBatch.objects.get(pk=batch.pk).is_undone
    assert set(batch.transfers.values_list("state", flat=True)) == {"RECEIVED"}


def test_what_else_was_edited_or_attended_is_in_nobodys_way(bureau_staff, branch, other_branch):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff)
    member = Member.objects.get()
    received(bureau_staff, member)
    attends(member, other_branch, is_due=False)
    Member.objects.filter(pk=member.pk).update(address="槐荫里1号", version=9)
    undo_transfers(by=bureau_staff, batch=batch, reason=WHY)
    assert Member.objects.get().branch == branch


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
    with pytest.raises(ValidationError, match="已不在您的管理范围") as refused:
        undo_transfers(by=one, batch=batch, reason=WHY)
    assert refused.value.messages[1:] == [
        f"已不在您的管理范围，请联系上级老干部局：{people}等12人。"
    ]


def test_nobody_is_taken_out_of_a_branch_that_is_in_other_hands(
    bureau_staff, branch, far_district, far_branch
):
    post = make_post(Role.BUREAU, far_district, bureau_staff)
    both = User.objects.get(pk=bureau_staff.pk)
    batch = make_transfer_batch(branch, far_branch, by=both, names=["张一"])
    received(both, *Member.objects.all())
    post.delete()
    batch.area_path = branch.area_path
    batch.save()
    one = User.objects.get(pk=bureau_staff.pk)
    with pytest.raises(ValidationError, match="已不在您的管理范围") as refused:
        undo_transfers(by=one, batch=batch, reason=WHY)
    assert refused.value.messages[1:] == ["已不在您的管理范围，请联系上级老干部局：1人。"]
    assert Member.objects.get().branch == far_branch


def test_who_came_by_another_letter_stays(bureau_staff, branch, other_branch):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    member = Member.objects.get()
    transfer_member(by=None, member=member, to=other_branch, on=DAY, document="介字另")
    undone = undo_transfers(by=bureau_staff, batch=batch, reason=WHY)
    assert undone.sentence() == "有1人凭别的介绍信转来的，不变。"
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
    names = ["张建国", "李德明", "王志华"]
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=names)
    zhang, _, wang = Member.objects.order_by("pk")
    received(bureau_staff, zhang)
    transfer_member(by=None, member=wang, to=other_branch, on=DAY, document="介字另")
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
    assert (
        "整批已撤回。接收的1人回到原来的党支部；另有1人凭别的介绍信转来的，不变；在途的1人不再转。"
        "记录都保留着。"
    ) in shown
    assert f"整批撤回</strong>。原因：{WHY}。" in shown
    assert "0.00%" not in shown
    for gone in ("按名单接收", "加名单", "全部接收", undo):
        assert gone not in shown
    lists = text_of(client.get(reverse("admin:members_transferbatch_changelist")))
    assert "已撤回" in lists
    adding = reverse("admin:members_transferbatch_add")
    assert client.get(f"{adding}?batch={batch.pk}").status_code == 404
    of_state = reverse("admin:members_transfer_changelist") + "?state=UNDONE"
    assert "李德明" in text_of(client.get(of_state))
