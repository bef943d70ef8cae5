"""整建制转接: a list comes in, its members are on the way, and who sees them (SYS-15)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from branches.enums import Role
from branches.models import Appointment
from core.models import AuditEvent, User
from members.actions import add_link, mark_deceased, receive_transfers, return_transfer
from members.enums import AffiliationKind, TransferState
from members.models import Member, Transfer, TransferBatch
from members.progress import placement
from tests.factories.branches import make_branch, make_post
from tests.factories.members import make_member
from tests.members.sheets.handed_over import AGREED, DAY, HEADING, ties

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_until_received_the_issuing_branch_keeps_the_member(
    load, rows, people, bureau_staff, branch, other_branch
):
    report = load(rows, bureau_staff)
    assert [report[key] for key in ("rows", "created", "unchanged")] == [3, 3, 0]
    assert report["notes"][0]["message"] == "名单3人，与移交人数相符。"
    assert set(Member.objects.values_list("branch__code", "version")) == {("QL0001", 1)}
    transfer = Transfer.objects.get(member=people[0])
    assert (transfer.state, transfer.letter_no) == (TransferState.IN_TRANSIT, "介字001")
    assert transfer.due_on == dt.date(2026, 8, 31)
    batch = TransferBatch.objects.get()
    assert (str(batch), batch.handed_over, batch.by) == (
        "第一机械厂（移交协议〔2026〕1号）",
        3,
        bureau_staff,
    )
    again = load(rows, bureau_staff)
    assert (again["created"], again["unchanged"], Transfer.objects.count()) == (0, 3, 3)
    assert AuditEvent.objects.filter(act="登记整建制转接").count() == 1
    add_link(by=None, member=people[0], branch=other_branch, kind=AffiliationKind.COMMUNITY)
    received = receive_transfers(by=bureau_staff, transfers=batch.transfers.all(), on=DAY)
    assert received.sentence() == "已接收3人。"
    assert ties(people[0]) == [
        ("QL0001", "HOME", dt.date(2016, 11, 1), dt.date(2026, 8, 14)),
        ("QL0002", "COMMUNITY", dt.date(2026, 8, 20), dt.date(2026, 8, 20)),
        ("QL0002", "HOME", DAY, None),
    ]
    moved = Member.objects.get(pk=people[0].pk)
    assert (moved.branch, moved.group, moved.area_path) == (
        other_branch,
        None,
        other_branch.area_path,
    )
    assert load(rows, bureau_staff)["unchanged"] == 3
    event = AuditEvent.objects.get(act="接收组织关系")
    assert (event.note, event.area_path) == ("接收3人", other_branch.area_path)
    assert (event.object_id, event.object_label) == (str(batch.pk), str(batch))
    assert set(Transfer.objects.values_list("received_on", "settled_by")) == {
        (DAY, bureau_staff.pk)
    }


def test_an_agreement_of_a_unit_is_one_batch(load, rows, bureau_staff):
    load(rows, bureau_staff)
    batch = TransferBatch.objects.get()
    twin = {"by": bureau_staff, "unit": batch.unit, "agreement": batch.agreement}
    with pytest.raises(IntegrityError), transaction.atomic():
        TransferBatch.objects.create(**twin, handed_over_on=DAY, handed_over=1)


def test_every_fault_is_listed_and_nothing_written(
    load, rows, people, bureau_staff, far_branch, other_branch, community
):
    far = make_member(far_branch, "钱远山")
    mark_deceased(by=None, member=people[2], on=DAY)
    faulty = [
        [people[0].id_number, "", "张建国", "QL0002", "QL0001", "2026-08-15"],
        ["", people[1].number, "李德明", "QL0001", "YL0007", "2026-08"],
        [far.id_number, "", "钱远山", "QL0001", "QL0002", ""],
        rows[2],
        [people[1].id_number, "", "李德明", "QL0001", "QL0002", "2026-09-01"],
    ]
    report = load(faulty, bureau_staff)
    assert (report.code, Transfer.objects.count(), TransferBatch.objects.count()) == (2, 0, 0)
    assert report.faults == [
        *((2, "转入党支部", "move"), (2, "转出党支部", "elsewhere")),
        *((3, "转入党支部", "unknown"), (3, "转接日期", "date")),
        *((4, "证件号码", "unknown"), (4, "转接日期", "blank")),
        (5, "姓名", "deceased"),
        (6, "转接日期", "move"),
    ]


@pytest.mark.parametrize("typed", ["2026-08", "2026.08", "2026.8", "2026.1", "2026", "中旬"])
def test_a_day_is_asked_for_where_only_a_month_is_written(load, rows, bureau_staff, typed):
    report = load([[*rows[0][:-1], typed]], bureau_staff)
    assert [each["message"] for each in report["problems"]] == ["请写到哪一天，如 2026年3月1日。"]


def test_a_letter_is_good_for_ninety_days_at_most_and_each_row_may_have_its_own(
    load, rows, bureau_staff
):
    heading = (*HEADING, "介绍信编号", "开具日期", "有效天数", "党费交至")
    own = [
        [*rows[0], "介字777", "2026-08-10", "90天", "2026-07"],
        [*rows[1], "", "", "", ""],
        [*rows[2], "", "2027-01-01", "91", ""],
    ]
    report = load(own, bureau_staff, heading=heading)
    assert report.faults == [(4, "开具日期", "letter")]
    wrong = [
        ["", "", "李德明", "没有的支部", "QL0002", "", "", "2027-01-01", "9" * 5000, "那月"],
        [*rows[0][:5], "2027-01-01", "", "", "91", "那月"],
    ]
    assert load(wrong, bureau_staff, heading=heading).faults == [
        *((2, "党费交至", "date"), (2, "开具日期", "letter"), (2, "有效天数", "days")),
        *((2, "证件号码", "blank"), (2, "转出党支部", "unknown"), (2, "转接日期", "blank")),
        *((3, "党费交至", "date"), (3, "有效天数", "letter"), (3, "转接日期", "move")),
    ]
    assert load(rows, bureau_staff, "--valid-days", "91").faults[0] == (2, "有效天数", "letter")
    load(own[:2], bureau_staff, "--valid-days", "10", heading=heading)
    fields = ("letter_no", "due_on", "dues_paid_to")
    assert list(Transfer.objects.order_by("pk").values_list(*fields)) == [
        ("介字777", dt.date(2026, 11, 8), dt.date(2026, 7, 1)),
        ("介字001", dt.date(2026, 8, 11), None),
    ]


def test_the_list_reconciles_to_the_number_handed_over(load, rows, bureau_staff):
    report = load(rows[:2], bureau_staff, number=3)
    assert report["notes"][0]["message"] == "名单2人，比移交人数少1人，请补上名单。"
    other = load(rows[2:], bureau_staff, number=2)
    assert (other.code, Transfer.objects.count()) == (2, 2)
    assert (
        other.message
        == "“第一机械厂（移交协议〔2026〕1号）”登记过，移交人数与这次填的不一样，请核对。"
    )
    assert load(rows[2:], bureau_staff, number=3)["listed"] == 3
    Transfer.objects.all().delete()
    TransferBatch.objects.all().delete()
    assert load(rows, bureau_staff, number=2).faults == [(0, "", "too_many")]


def test_nobody_is_on_the_way_twice_and_who_was_sent_back_may_be_listed_again(
    load, rows, people, bureau_staff, take
):
    load(rows, bureau_staff)
    elsewhere = [*AGREED[:3], "另一份协议", *AGREED[4:], "--handed-over", "3"]
    report = take("import_transfers", HEADING, rows, bureau_staff, *elsewhere)
    assert {fault[2] for fault in report.faults} == {"on_the_way"}
    first = Transfer.objects.get(member=people[0])
    with pytest.raises(ValidationError, match="请写明为什么退回"):
        return_transfer(by=bureau_staff, transfer=first, on=DAY, reason=" ")
    for day, sentence in (
        (dt.date(2026, 7, 31), "退回日期不能早于介绍信的开具日期2026年8月1日。"),
        (dt.date(2026, 8, 21), "退回日期晚于今天，请检查年份。"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            return_transfer(by=bureau_staff, transfer=first, on=day, reason="地址不对")
    return_transfer(by=bureau_staff, transfer=first, on=DAY, reason="地址不对")
    with pytest.raises(ValidationError, match="已经办完"):
        return_transfer(by=bureau_staff, transfer=first, on=DAY, reason="再来")
    event = AuditEvent.objects.get(act="退回组织关系")
    assert (event.before["state"], event.after["state"]) == ("TRANSIT", "RETURNED")
    said = "名单2人，另有1人已退回，与移交人数相符。"
    assert placement(first.batch, bureau_staff).reconciling == said
    assert load(rows[1:], bureau_staff, number=3)["notes"][0]["message"] == said
    again = load(rows, bureau_staff)
    assert (again["created"], again["notes"][0]["message"]) == (1, "名单3人，与移交人数相符。")
    assert placement(first.batch, bureau_staff).reconciling == "名单3人，与移交人数相符。"
    assert ties(people[0])[0][3] is None


def test_both_ends_are_the_actors_and_the_receiving_side_receives(
    load, rows, bureau_staff, street_staff, secretary, outsider, other_branch, branch
):
    assert {code for *_, code in load(rows, outsider).faults} == {"unknown"}
    assert load(rows, street_staff).faults[0] == (2, "转入党支部", "unknown")
    assert load(rows, secretary).message == "您没有转接组织关系的权限。请联系上级老干部局。"
    load(rows, bureau_staff)
    seen = {
        user.username: Transfer.objects.visible_to(user).count()
        for user in (bureau_staff, street_staff, outsider)
    }
    assert seen == {"bureau": 3, "street": 3, "outsider": 0}
    assert TransferBatch.objects.visible_to(outsider).count() == 0
    # The street of the old home sees them go, and receives nobody.
    for user in (street_staff, outsider):
        assert receive_transfers(by=user, transfers=Transfer.objects.all()).number == 0
    with pytest.raises(PermissionDenied):
        receive_transfers(by=secretary, transfers=Transfer.objects.all())


def test_who_looks_after_two_districts_keeps_his_batch_of_both(
    load, rows, bureau_staff, branch, far_branch, far_district
):
    post = make_post(Role.BUREAU, far_district, bureau_staff)
    both = User.objects.get(pk=bureau_staff.pk)
    who = make_member(branch, "张建国")
    load([[who.id_number, "", who.name, "QL0001", far_branch.code, "2026-08-15"]], both)
    assert TransferBatch.objects.get().area_path == ""
    assert TransferBatch.objects.editable_by(both).exists()
    post.delete()
    one = User.objects.get(pk=bureau_staff.pk)
    assert not TransferBatch.objects.visible_to(one).exists()


def test_a_clerk_who_went_on_leaves_his_batches_behind(
    load, street_staff, community, branch, other_street
):
    make_branch(community, "槐荫社区第二离退休干部党支部", code="QL0009")
    who = make_member(branch, "张建国")
    load([[who.id_number, "", who.name, "QL0001", "QL0009", "2026-08-15"]], street_staff)
    assert TransferBatch.objects.editable_by(street_staff).exists()
    Appointment.objects.filter(user=street_staff).update(area=other_street)
    moved = User.objects.get(pk=street_staff.pk)
    assert not TransferBatch.objects.visible_to(moved).exists()
