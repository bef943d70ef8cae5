"""整建制转接: a list comes in, members are on the way, received or sent back (SYS-15)."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from branches.enums import Role
from branches.models import Appointment, Branch
from branches.refusal import FileRefused
from core.models import AuditEvent, User
from members.actions import (
    HandOver,
    add_link,
    import_transfers,
    mark_deceased,
    receive_sheet,
    receive_transfers,
    return_transfer,
    transfer_member,
    transfer_out,
    undo_transfers,
)
from members.enums import AffiliationKind, TransferState
from members.models import Affiliation, Member, Transfer, TransferBatch
from members.progress import by_community, placement
from members.rules.transfer import Letter, placement_words
from tests.factories.branches import make_branch, make_post
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
HEADING = ("证件号码", "党员编号", "姓名", "转出党支部", "转入党支部", "转接日期")
AGREED = (
    *("--unit", "第一机械厂", "--agreement", "移交协议〔2026〕1号"),
    *("--handed-over-on", "2026-08-01", "--letter", "介字001", "--issued-on", "2026-08-01"),
)
DAY = dt.date(2026, 8, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def load(take):
    def loaded(rows, by, *options, number=None, heading=HEADING):
        many = ("--handed-over", str(len(rows) if number is None else number))
        return take("import_transfers", heading, rows, by, *AGREED, *many, *options)

    return loaded


@pytest.fixture
def people(branch):
    return [make_member(branch, name) for name in ("张建国", "李德明", "王志华")]


@pytest.fixture
def rows(people, other_branch):
    return [[each.id_number, "", each.name, "QL0001", "QL0002", "2026-08-15"] for each in people]


def ties(member):
    fields = ("branch__code", "kind", "started_on", "ended_on")
    return list(Affiliation.objects.filter(member=member).order_by("pk").values_list(*fields))


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


def test_who_cannot_be_received_stays_on_the_way_and_the_answer_says_why(
    load, rows, people, bureau_staff, community
):
    load(rows, bureau_staff)
    third = make_branch(community, "槐荫第三党支部")
    Member.objects.filter(pk=people[0].pk).update(branch=third)
    Member.objects.filter(pk=people[1].pk).update(deceased_on=DAY)
    received = receive_transfers(by=bureau_staff, transfers=Transfer.objects.all())
    assert received.sentence() == (
        "已接收1人。另有2人没有接收，仍在途（张建国：这位同志已不隶属转出的党支部，请核对后退回。；"
        "李德明：这位同志已登记为已故，不能转接组织关系。）"
    )
    event = AuditEvent.objects.get(act="接收组织关系")
    assert (event.note, event.object_label) == ("接收1人", "王志华")
    settled = Transfer.objects.filter(settled_by=bureau_staff)
    assert [each.member for each in settled] == [people[2]]
    early = receive_transfers(by=bureau_staff, transfers=Transfer.objects.all())
    assert (early.number, len(early.left)) == (0, 2)
    assert AuditEvent.objects.filter(act="接收组织关系").count() == 1


def test_what_becomes_of_a_member_otherwise_settles_what_is_on_the_way(
    load, rows, people, bureau_staff, branch, other_branch, community
):
    people.append(make_member(branch, "周玉兰"))
    rows.append([people[3].id_number, "", "周玉兰", "QL0001", "QL0002", "2026-08-15"])
    load(rows, bureau_staff)
    third = make_branch(community, "槐荫第三党支部")
    by_hand = {"by": bureau_staff, "on": DAY, "document": "介字9"}
    transfer_member(member=people[0], to=third, **by_hand)
    transfer_member(member=people[1], to=other_branch, **by_hand)
    transfer_out(member=people[2], **by_hand)
    mark_deceased(by=bureau_staff, member=people[3], on=DAY)
    fields = ("state", "received_on", "returned_on", "reason", "settled_by__username")
    today = dt.date(2026, 8, 20)
    assert list(Transfer.objects.order_by("pk").values_list(*fields)) == [
        ("RETURNED", None, today, "已另行转接", "bureau"),
        ("RECEIVED", DAY, None, "", "bureau"),
        ("RETURNED", None, today, "已转出本地", "bureau"),
        ("RETURNED", None, today, "已故", "bureau"),
    ]
    acts = AuditEvent.objects.filter(object_type="members.transfer").order_by("pk")
    assert list(acts.values_list("act", "object_label")) == [
        *(("退回组织关系", "张建国"), ("接收组织关系", "李德明")),
        *(("退回组织关系", "王志华"), ("退回组织关系", "周玉兰")),
    ]


def test_a_day_before_the_handing_over_or_in_the_future_is_refused(load, rows, bureau_staff):
    load(rows, bureau_staff)
    everybody = partial(receive_transfers, by=bureau_staff, transfers=Transfer.objects.all())
    for day, sentence in (
        (dt.date(2026, 8, 14), "接收日期不能早于转接日期2026年8月15日。"),
        (dt.date(2026, 8, 21), "接收日期晚于今天，请检查年份。"),
    ):
        received = everybody(on=day)
        assert (received.number, {why for _, why in received.left}) == (0, {sentence})


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


def test_a_sheet_of_those_who_arrived_receives_them_all_or_nobody(
    load, rows, people, bureau_staff, take, branch
):
    stranger = make_member(branch, "赵不在")
    load(rows, bureau_staff)
    batch = TransferBatch.objects.get()
    heading = (1, ["党员编号", "姓名", "接收日期"])
    arrived = [heading, (2, [people[0].number, "张建国", "2026-08-16"])]
    odd = [
        (3, [stranger.number, "赵不在", ""]),
        (4, [people[1].number, "李德明", "2026-08-01"]),
        (5, [people[2].number, "王志华", "那天"]),
    ]
    with pytest.raises(FileRefused) as refused:
        receive_sheet(by=bureau_staff, batch=batch, rows=[*arrived, *odd])
    assert [(each.row, each.column, each.code) for each in refused.value.problems] == [
        *((3, "姓名", "not_listed"), (4, "接收日期", "receipt"), (5, "接收日期", "date")),
    ]
    done = receive_sheet(by=bureau_staff, batch=batch, rows=arrived, dry_run=True)
    assert (done.counts["received"], Member.objects.get(pk=people[0].pk).branch) == (1, branch)
    receive_sheet(by=bureau_staff, batch=batch, rows=arrived)
    assert ties(people[0])[-1] == ("QL0002", "HOME", dt.date(2026, 8, 16), None)
    again = receive_sheet(by=bureau_staff, batch=batch, rows=arrived)
    assert again.counts == {"rows": 1, "received": 0, "unchanged": 1}
    blank = (3, [people[1].number, "李德明", ""])
    receive_sheet(by=bureau_staff, batch=batch, rows=[*arrived, blank])
    assert ties(people[1])[-1] == ("QL0002", "HOME", DAY, None)


def test_the_whole_batch_can_be_received_with_the_days_of_the_list(
    load, rows, people, bureau_staff
):
    assert load(rows, bureau_staff, "--receive")["received"] == 3
    assert ties(people[0])[-1] == ("QL0002", "HOME", DAY, None)


def many_like(member: Member, number: int) -> list[int]:
    """Copy MEMBER and his home NUMBER times, in one statement each."""
    with connection.cursor() as cursor:
        for model, key in ((Member, "id"), (Affiliation, "member_id")):
            left_out = {"id", "id_number_index", "user_id"}
            columns = [f.column for f in model._meta.concrete_fields if f.column not in left_out]
            quoted = [connection.ops.quote_name(column) for column in columns]
            sources = [f"t.{name}" if name != '"member_id"' else "m.id" for name in quoted]
            copies = (
                "members_member m ON m.id > %s"
                if model is Affiliation
                else "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
                " SELECT i FROM n) m ON true"
            )
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(quoted)})"  # noqa: S608 -- our own names
                f" SELECT {', '.join(sources)} FROM {model._meta.db_table} t JOIN {copies}"
                f" WHERE t.{key} = %s",
                [member.pk if model is Affiliation else number, member.pk],
            )
    return list(Member.objects.order_by("pk").values_list("pk", flat=True))


def test_sys15_4481_handed_over_4470_received_11_on_the_way(
    bureau_staff, branch, other_branch, today, django_assert_max_num_queries
):
    everybody = many_like(make_member(branch, "张建国"), 4_480)
    agreed = HandOver("第一机械厂", "移交协议", dt.date(2026, 8, 1), 4_481)
    letter = Letter("介字001", dt.date(2026, 8, 1), 90)
    heading = (1, ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"])
    listed = [
        (row, [str(pk), "张建国", "QL0001", "QL0002", "2026-08-15"])
        for row, pk in enumerate(everybody, 2)
    ]
    with django_assert_max_num_queries(40):
        done = import_transfers(
            by=bureau_staff, rows=[heading, *listed], agreed=agreed, letter=letter
        )
    assert done.counts["created"] == 4_481
    arrived = Transfer.objects.filter(member__in=everybody[11:])
    with django_assert_max_num_queries(40):
        assert receive_transfers(by=bureau_staff, transfers=arrived, on=DAY).number == 4_470
    batch = TransferBatch.objects.get()
    figures = placement(batch, bureau_staff)
    assert figures.words == "安置 4,470/4,481（99.75%）"
    assert placement_words(2, 3) == "安置 2/3（66.67%）"
    assert placement_words(99_999, 100_000) == "安置 99,999/100,000（99.99%）"
    assert (figures.received, figures.on_the_way, figures.returned) == (4_470, 11, 0)
    assert [
        (line.name, line.received, line.on_the_way) for line in by_community(batch, bureau_staff)
    ] == [("柳岸社区", 4_470, 11)]
    homes = Affiliation.objects.filter(kind=AffiliationKind.HOME, ended_on=None)
    assert homes.filter(branch=other_branch).count() == 4_470
    assert Member.objects.filter(branch=branch).count() == 11
    today.move_to(dt.datetime(2026, 10, 30, 9, tzinfo=dt.UTC))
    assert Transfer.objects.overdue().count() == 0
    today.move_to(dt.datetime(2026, 10, 31, 9, tzinfo=dt.UTC))
    late = Transfer.objects.overdue()
    assert (late.count(), late.first().overdue_words()) == (11, "已逾期1天")
    assert Branch.objects.with_member_numbers().get(pk=branch.pk).member_number == 11
    with django_assert_max_num_queries(40):
        undo_transfers(by=bureau_staff, batch=batch, reason="名单传错了")
    assert Member.objects.filter(branch=branch).count() == 4_481
