"""Paper out and paper in: the printed sheet, and the numbers of those who did not come."""

import datetime as dt

import pytest
from django.test import Client

from activities.models import Activity, SignInSheet
from branches.models import Branch
from members.actions import mark_deceased
from members.models import Member
from tests.activities.log_page import NOVEMBER, text
from tests.factories.members import make_member


def test_paper_out_and_paper_in(client: Client, branch: Branch, roster: list[Member]) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert "还没有打印过签到表" in text(client.get(f"{address}numbers/"))
    printed = client.post(f"{address}sheet/")
    sheet = SignInSheet.objects.get()
    paper = text(client.get(printed["Location"]))
    head = paper[paper.index("<thead>") : paper.index("</thead>")]
    assert "2026年11月，" in head
    assert "编号 2611-1" in head
    rows = [Member.objects.get(pk=pk).name for pk in sheet.member_ids]
    assert [paper.index(name) for name in rows] == sorted(paper.index(name) for name in rows)
    number = rows.index("周秀英") + 1
    answer = client.post(f"{address}numbers/", {"sheet": "1", "numbers": f"{number}号"})
    page = client.get(answer["Location"])
    ticked = {tile.name: (tile.here, tile.reason) for tile in page.context["form"].tiles}
    assert ticked == {
        "陈建国": (True, ""),
        "黄长江": (False, "HOME"),
        "周秀英": (False, "EXCUSED"),
    }
    assert "没来的1位" in text(page)
    assert Activity.objects.count() == 0


def test_the_log_page_leads_to_the_numbers_once_a_sheet_is_printed(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    """The way back from paper stands before the names, and never where it would lose what was typed."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    way = "签到表打印过了。开会用的是纸，就不用在下面点名字："
    page = text(client.get(address))
    assert "打印签到表" in page
    assert "填没来的号码" not in page
    client.post(f"{address}sheet/")
    page = text(client.get(address))
    assert page.index(way) < page.index("谁到会了？")
    assert way not in text(client.get(f"{address}?sheet=1&away=1"))
    assert way not in text(client.post(address, {"topic": ""}))


def test_numbers_mean_the_rows_of_their_own_sheet(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    """A roster that changed after printing does not shift anybody."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(f"{address}sheet/")
    make_member(branch, "安志远")
    first_row = SignInSheet.objects.get().member_ids[0]
    answer = client.post(f"{address}numbers/", {"sheet": "1", "numbers": "1"})
    tiles = client.get(answer["Location"]).context["form"].tiles
    assert [tile.name for tile in tiles if not tile.here and tile.reason == "EXCUSED"] == [
        Member.objects.get(pk=first_row).name
    ]


def test_a_sheet_printed_before_somebody_died_does_not_call_him_moved(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    printed = client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")["Location"]
    mark_deceased(by=None, member=roster[0], on=dt.date(2026, 11, 20))
    paper = text(client.get(printed))
    assert "（不在名单）" in paper
    assert "已转出" not in paper


@pytest.mark.parametrize(
    "query", ["sheet=9&away=1", "sheet=1&away=99", "sheet=x", "sheet=99999999"]
)
def test_odd_addresses_open_the_plain_page(
    client: Client, branch: Branch, roster: list[Member], query: str
) -> None:
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}?{query}")
    assert page.status_code == 200
    assert page.context["typed"] is None


def test_numbers_that_are_not_on_the_sheet(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")
    answer = client.post(
        f"/branch/{branch.pk}/{NOVEMBER}numbers/", {"sheet": "1", "numbers": "3 45"}
    )
    assert answer.status_code == 200
    assert "表上没有 45 号，这张表只有 1 到 3 号。" in text(answer)
    assert 'value="3 45"' in text(answer)
