"""整建制转接: who is on the way is received, sent back or settled otherwise (SYS-15)."""

import datetime as dt
from functools import partial

import pytest
from django.db import connection

from branches.models import Branch
from branches.refusal import FileRefused
from core.models import AuditEvent
from members.actions import (
    HandOver,
    Look,
    import_transfers,
    mark_deceased,
    receive_sheet,
    receive_transfers,
    transfer_member,
    transfer_out,
    undo_transfers,
)
from members.enums import AffiliationKind
from members.models import Affiliation, Member, Transfer, TransferBatch
from members.progress import by_community, placement
from members.rules.transfer import Letter, placement_words
from tests.factories.branches import make_branch
from tests.factories.members import make_member
from tests.members.sheets.handed_over import DAY, ties

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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
    done = receive_sheet(by=bureau_staff, batch=batch, rows=arrived, look=Look.FIRST)
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
    assert Branch.objects.with_numbers(bureau_staff).get(pk=branch.pk).member_number == 11
    with django_assert_max_num_queries(40):
        undo_transfers(by=bureau_staff, batch=batch, reason="名单传错了")
    assert Member.objects.filter(branch=branch).count() == 4_481
