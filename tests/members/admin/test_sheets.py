"""Sheets of links and whole-batch transfers in the admin: checked, confirmed, received (SYS-04, SYS-15)."""

import csv
import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import RuleParameter, StoredFile
from members.enums import LINK_KINDS, TransferState
from members.models import Affiliation, LinkBatch, Member, Transfer, TransferBatch
from members.standing import who_remains
from members.workbench import register_tiles
from tests.factories.members import make_member, make_transfer_batch

pytestmark = pytest.mark.django_db
LINKS = reverse("admin:affiliation-sheet")
BATCHES = reverse("admin:members_transferbatch_changelist")
HAND_OVER = reverse("admin:members_transferbatch_add")


def sheet(*rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile("名单.csv", text.getvalue().encode("gb18030"))


def transfer_tiles(user):
    """Return what the front page says of transfers."""
    return [tile for tile in register_tiles(user) if tile.label.startswith("组织关系")]


def hidden(page):
    """Return the hidden fields of the page that asks for confirmation."""
    return dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page))


def text_of(answer):
    return answer.content.decode()


def test_links_are_checked_shown_and_written_when_confirmed(
    client_for, bureau_staff, street_staff, branch, other_branch
):
    zhang = make_member(branch, "张建国")
    client = client_for(bureau_staff)
    heading = ["党员编号", "姓名", "活动组织", "开始日期"]
    faulty = sheet(heading, [zhang.number, "张建国", "没有的支部", ""])
    refused = text_of(client.post(LINKS, {"file": faulty}))
    assert "表格里有1处问题，一行也没有写入" in refused
    assert "没有找到这个组织" in refused
    good = sheet(heading, [zhang.number, "张建国", "QL0002", "2026-03"])
    checked = text_of(client.post(LINKS, {"file": good}))
    assert "登记活动组织1个" in checked
    assert "开始日期只写到月，按2026年3月1日登记。" in checked
    assert not Affiliation.objects.filter(kind__in=LINK_KINDS).exists()
    assert client_for(street_staff).post(LINKS, hidden(checked)).status_code == 200
    assert not Affiliation.objects.filter(kind__in=LINK_KINDS).exists()
    written = client.post(LINKS, hidden(checked), follow=True)
    batch = LinkBatch.objects.get()
    assert written.redirect_chain[-1][0] == reverse(
        "admin:members_linkbatch_change", args=[batch.pk]
    )
    for said in ("登记活动组织1个。", "1个关系（名单.csv）", "整份撤回", "看这些关系"):
        assert said in text_of(written)
    assert Affiliation.objects.get(kind__in=LINK_KINDS).branch == other_branch
    assert StoredFile.objects.count() == 0
    assert "表格已经写过，或放得太久已删除" in text_of(client.post(LINKS, hidden(checked)))
    assert "请选择表格文件。" in text_of(client.post(LINKS, {}))


def test_a_page_takes_back_only_what_it_kept_and_repeats_no_cell(
    client_for, bureau_staff, branch, other_branch
):
    zhang, typed = make_member(branch, "张建国"), "329901195001010018"
    client = client_for(bureau_staff)
    heading = ["党员编号", "姓名", "活动组织", "关系类别"]
    wrong = sheet(heading, [zhang.number, "张建国", "QL0002", typed])
    refused = text_of(client.post(LINKS, {"file": wrong}))
    assert "没有这种关系类别，可以写" in refused
    assert typed[:10] not in refused
    good = sheet(heading, [zhang.number, "张建国", "QL0002", ""])
    mark = hidden(text_of(client.post(LINKS, {"file": good})))["kept"]
    (kept,) = StoredFile.objects.all()
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff)
    arrivals = reverse("admin:transferbatch-arrivals", args=[batch.pk])
    said = "表格已经写过，或放得太久已删除，请重新上传。"
    for address, foreign in (
        *((LINKS, str(kept.pk)), (LINKS, mark[:-1]), (LINKS, "介\x00"), (LINKS, "x")),
        *((arrivals, mark), (HAND_OVER, mark)),
    ):
        assert said in text_of(client.post(address, {"kept": foreign})), foreign
    assert StoredFile.objects.get() == kept
    StoredFile.objects.update(expires_at=timezone.now())
    assert said in text_of(client.post(LINKS, {"kept": mark}))
    RuleParameter.objects.filter(key="sheet.rows").update(value="2")
    longer = sheet(heading, *2 * [[zhang.number, "张建国", "QL0002", ""]])
    assert "一次最多上传2行，请分成几个文件。" in text_of(client.post(LINKS, {"file": longer}))


AGREED = {
    "unit": "第一机械厂",
    "agreement": "移交协议〔2026〕1号",
    "handed_over_on": "2026年8月1日",
    "handed_over": "2",
    "letter_no": "介字001",
    "issued_on": "2026-08-01",
    "valid_days": "90",
}


def handed_over(people):
    """Return the list of PEOPLE, on their way from the first branch to the second."""
    heading = ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"]
    rows = [[each.number, each.name, "QL0001", "QL0002", "2026-08-01"] for each in people]
    return {"file": sheet(heading, *rows)}


def test_a_batch_beyond_its_limits_is_refused(client_for, bureau_staff, branch, other_branch):
    people, client = [make_member(branch, "张建国")], client_for(bureau_staff)
    long = client.post(HAND_OVER, AGREED | {"valid_days": "91"} | handed_over(people))
    assert "介绍信有效期应在1到90天之间。" in text_of(long)
    numbers = {"handed_over": str(2**70), "valid_days": "9" * 4000}
    huge = text_of(client.post(HAND_OVER, AGREED | numbers | handed_over(people)))
    assert huge.count("数字太大了，请检查是不是多写了几位。") == 2


def test_a_batch_is_handed_over_and_received_on_its_page(
    client_for, bureau_staff, branch, other_branch
):
    people = [make_member(branch, name) for name in ("张建国", "李德明")]
    client = client_for(bureau_staff)
    given = AGREED | {"venue_support": "活动室一间"}
    checked = text_of(client.post(HAND_OVER, given | handed_over(people)))
    assert "列为在途2人" in checked
    assert "名单2人，与移交人数相符。" in checked
    # On a phone the table has no head: each cell says what it is.
    assert f'data-word="转入党支部：">{other_branch.name}<' in checked
    assert client.post(HAND_OVER, hidden(checked)).url == BATCHES
    batch = TransferBatch.objects.get()
    assert "安置 0/2（0.00%）" in text_of(client.get(BATCHES))
    address = reverse("admin:members_transferbatch_change", args=[batch.pk])
    page = text_of(client.get(address))
    assert "活动室一间" in page
    assert "柳岸社区" in page
    arrived = sheet(["党员编号", "姓名"], [people[0].number, "张建国"])
    arrivals = reverse("admin:transferbatch-arrivals", args=[batch.pk])
    checked = text_of(client.post(arrivals, {"file": arrived}))
    assert "接收1人" in checked
    assert client.post(arrivals, hidden(checked)).url == address
    assert "安置 1/2（50.00%）" in text_of(client.get(address))
    everybody = reverse("admin:transferbatch-receive", args=[batch.pk])
    assert 'value="20' not in text_of(client.get(everybody))
    done = client.post(
        everybody, {"on": "", "receipt_on": "2026-08-02", "is_late": "on"}, follow=True
    )
    assert "已接收1人。" in text_of(done)
    assert "回执已寄回1人（2026年8月2日）。" in text_of(done)
    assert set(Member.objects.values_list("branch__code", flat=True)) == {"QL0002"}
    assert "全部接收" not in text_of(client.get(address))


def test_a_letter_past_its_day_is_taken_only_when_somebody_says_so(
    client_for, bureau_staff, branch, other_branch
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国", "李德明"])
    client = client_for(bureau_staff)
    everybody = reverse("admin:transferbatch-receive", args=[batch.pk])
    refused = text_of(client.post(everybody, {"on": "2026-11-02"}))
    assert (
        "2人的介绍信在接收那天已过有效期（最早的到2026年10月30日为止）。最好先补开或延期；"
        "确实要接收的，请勾选这一项。"
    ) in refused
    unsaid = text_of(client.post(everybody, {"on": ""}))
    assert "2人的介绍信今天已过有效期（最早的到2026年10月30日为止）。" in unsaid
    assert "不填就按今天看" in unsaid
    assert batch.transfers.on_the_way().count() == 2
    first = batch.transfers.first()
    arrived = sheet(["党员编号", "姓名", "接收日期"], [first.member.number, "张建国", "2026-11-02"])
    arrivals = reverse("admin:transferbatch-arrivals", args=[batch.pk])
    assert "接收日期晚了3天" in text_of(client.post(arrivals, {"file": arrived}))
    undated = sheet(["党员编号", "姓名"], [first.member.number, "张建国"])
    assert "按今天算已逾期" in text_of(client.post(arrivals, {"file": undated}))
    client.post(everybody, {"on": "2026-11-02", "is_late": "on"})
    assert batch.transfers.on_the_way().count() == 0


def test_a_list_is_added_to_a_batch_from_its_own_page(
    client_for, bureau_staff, outsider, branch, other_branch
):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    client = client_for(bureau_staff)
    address = reverse("admin:members_transferbatch_change", args=[batch.pk])
    adding = f"{HAND_OVER}?batch={batch.pk}"
    assert "加名单" not in text_of(client.get(address))  # everybody is listed
    TransferBatch.objects.update(handed_over=2)
    assert f'href="{adding}"' in text_of(client.get(address))
    assert client_for(outsider).get(adding).status_code == 404
    shown = client.get(adding).context["form"]
    names = ("unit", "agreement", "handed_over_on", "handed_over", "letter_no", "issued_on")
    given = {name: str(shown[name].value()) for name in (*names, "valid_days")}
    li = make_member(branch, "李德明")
    heading = ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"]
    row = [li.number, li.name, "QL0001", "QL0002", "2026-08-01"]
    checked = text_of(client.post(adding, given | {"file": sheet(heading, row)}))
    assert client.post(adding, hidden(checked)).url == address
    assert batch.transfers.count() == 2


def test_who_keeps_a_batch_and_looks_after_others_now_reads_no_names(
    client_for, bureau_staff, outsider, branch, other_branch
):
    batch = make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文", "孙志高"))
    address = reverse("admin:members_transferbatch_change", args=[batch.pk])
    assert client_for(outsider).get(address).status_code == 404
    TransferBatch.objects.filter(pk=batch.pk).update(by=outsider)
    page, mine = (text_of(client_for(who).get(address)) for who in (outsider, bureau_staff))
    for word in ("钱学文", "孙志高", branch.name, "柳岸社区"):
        assert (word in page, word in mine) == (False, True)
    client_for(outsider).post(reverse("admin:transferbatch-receive", args=[batch.pk]), {"on": ""})
    assert batch.transfers.on_the_way().count() == 2
    lists = [text_of(client_for(who).get(BATCHES)) for who in (outsider, bureau_staff)]
    assert ["2人" in each for each in lists] == [False, True]


def test_the_street_that_receives_works_from_the_list_of_those_on_the_way(
    client_for, bureau_staff, street_staff, outsider, branch, other_branch
):
    batch = make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文", "孙志高"))
    first, second = batch.transfers.order_by("pk")
    client = client_for(street_staff)
    waiting = text_of(client.get(reverse("admin:members_transfer_changelist") + "?state=TRANSIT"))
    assert "钱学文" in waiting
    for act in ("receive", "return"):
        assert reverse(f"admin:transfer-{act}", args=[first.pk]) in waiting
    assert (
        client.get(reverse("admin:members_transferbatch_change", args=[batch.pk])).status_code
        == 404
    )
    receive = reverse("admin:transfer-receive", args=[first.pk])
    assert client_for(outsider).post(receive, {"on": "2026-08-02"}).status_code == 404
    for day, said in (
        ("2099-01-01", "回执日期晚于今天"),
        ("1999-01-01", "不能早于介绍信的开具日期"),
        ("2026-08-01", "回执日期不能早于接收日期2026年8月2日。"),
    ):
        assert said in text_of(client.post(receive, {"on": "2026-08-02", "receipt_on": day}))
    assert [each.words for each in who_remains(branch, first.issued_on)] == [
        "还有 2 名党员的组织关系正在转到这里，请先接收或退回。"
    ]
    done = client.post(receive, {"on": "2026-08-02"}, follow=True)
    assert done.redirect_chain == [(reverse("admin:members_transfer_changelist"), 302)]
    assert "已接收1人。" in text_of(done)
    back = reverse("admin:transfer-return", args=[second.pk])
    client.post(back, {"on": "2026-08-02", "reason": "地址不对"})
    assert set(Transfer.objects.values_list("state", "reason")) == {
        (TransferState.RECEIVED, ""),
        (TransferState.RETURNED, "地址不对"),
    }


def test_the_front_page_counts_letters_that_are_no_longer_good(
    client_for, bureau_staff, secretary, outsider, branch, other_branch
):
    make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文", "孙志高"))
    lists = reverse("admin:members_transfer_changelist")
    batch = TransferBatch.objects.get()
    for asked, shown in ((batch.pk, True), (2**70, False), ("x", False)):
        page = client_for(bureau_staff).get(f"{lists}?batch={asked}")
        assert (page.status_code, "钱学文" in text_of(page)) == (200, shown)
    (tile,) = transfer_tiles(bureau_staff)
    assert (tile.label, tile.count) == ("组织关系在途逾期", 2)
    assert text_of(client_for(bureau_staff).get(tile.url)).count("已逾期") == 2
    assert [each.count for each in transfer_tiles(outsider)] == [0]
    assert transfer_tiles(secretary) == []


def test_receipts_that_are_late_are_listed_and_put_on_record(
    client_for, street_staff, bureau_staff, branch, other_branch, time_machine
):
    """R-TR-04: the receipt goes back within the days that the bureau keeps as a parameter."""
    batch = make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文", "孙志高"))
    first, _ = batch.transfers.order_by("pk")
    client, lists = client_for(bureau_staff), reverse("admin:members_transfer_changelist")
    client.post(reverse("admin:transferbatch-receive", args=[batch.pk]), {"on": "2026-09-01"})
    time_machine.move_to("2026-10-01T10:00+08:00", tick=False)
    assert "已接收，还没有回执" in text_of(client.get(lists))
    assert [tile.label for tile in transfer_tiles(bureau_staff)] == ["组织关系在途逾期"]
    time_machine.move_to("2026-10-02T10:00+08:00", tick=False)
    assert text_of(client.get(f"{lists}?state=late")).count("回执逾期</td>") == 2
    _, tile = transfer_tiles(bureau_staff)
    assert (tile.label, tile.count) == ("组织关系回执逾期", 2)
    slip = reverse("admin:transfer-slip", args=[first.pk])
    assert slip in text_of(client_for(street_staff).get(lists))
    for day, said in (
        ("2026-07-31", "介绍信的开具日期2026年8月1日。"),
        ("2026-08-31", "接收日期2026年9月1日。"),
    ):
        refused = client_for(street_staff).post(slip, {"receipt_on": day})
        assert f"回执日期不能早于{said}" in text_of(refused)
    client_for(street_staff).post(slip, {"receipt_on": "2026-09-20"})
    assert transfer_tiles(bureau_staff)[1].count == 1
    whole = reverse("admin:transferbatch-slips", args=[batch.pk])
    done = client.post(whole, {"receipt_on": "2026-10-02"}, follow=True)
    assert "已登记1人的回执。" in text_of(done)
    assert whole not in text_of(done)
    days = [dt.date(2026, 9, 20), dt.date(2026, 10, 2)]
    assert [*Transfer.objects.order_by("pk").values_list("receipt_on", flat=True)] == days
    assert "不用再办" in text_of(client.post(whole, {"receipt_on": "2026-10-02"}))


def test_an_area_may_give_more_time_for_receipts(bureau_staff, branch, other_branch, client_for):
    batch = make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文",))
    receive = reverse("admin:transferbatch-receive", args=[batch.pk])
    client_for(bureau_staff).post(receive, {"on": "2026-08-02"})
    assert Transfer.objects.with_late_receipts().get().is_receipt_late
    standing = RuleParameter.objects.get(key="transfer.receipt_days")
    RuleParameter.objects.create(
        key=standing.key,
        value="365",
        value_type="int",
        area_code=branch.area.code[:9],
        valid_from=standing.valid_from,
        source="测试",
    )
    assert not Transfer.objects.with_late_receipts().get().is_receipt_late


def test_lists_take_constant_queries(
    client_for, bureau_staff, branch, other_branch, django_assert_num_queries
):
    client = client_for(bureau_staff)
    for _ in range(3):
        make_transfer_batch(other_branch, branch, by=bureau_staff, names=("钱学文", "孙志高"))
        page = reverse(
            "admin:members_transferbatch_change", args=[TransferBatch.objects.first().pk]
        )
        for address, number in (
            (BATCHES, 7),
            (reverse("admin:members_transfer_changelist"), 9),
            (page, 11),
        ):
            with django_assert_num_queries(number):
                assert client.get(address).status_code == 200
