"""Whom the log page lists: who was at home in the branch that day, and guests."""

import datetime as dt

import pytest
from django.test import Client

from activities.models import Activity, Attendance
from branches.models import Branch
from core.models import User
from members.actions import transfer_member
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text
from tests.factories.activities import fix_theme_day, make_link, record
from tests.factories.members import make_member


def test_another_branchs_member_in_the_list_writes_nothing(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """P12."""
    stranger = make_member(other_branch, "赵淑珍")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = filled(page) | {"here": [str(stranger.pk)], f"w-{stranger.pk}": "EXCUSED"}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert "这次没有保存" in text(answer)
    assert "赵淑珍" not in text(answer)
    assert (Activity.objects.count(), Attendance.objects.count()) == (0, 0)


def test_guests_are_listed_below_and_not_ticked(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    assert [(tile.name, tile.here) for tile in page.context["form"].guests] == [("张桂兰", False)]
    entry = filled(page)
    entry["here"] = [*entry["here"], str(guest.pk)]
    client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert Attendance.objects.get(member=guest).home_branch == other_branch
    shown = text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))
    assert "外支部来1人" in shown


def test_who_came_into_the_roster_after_the_record_is_pointed_out(
    client: Client, secretary: User, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """Ticked like everybody, he would be put on record as present without anybody looking."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    first = text(client.get(address))
    assert "<title>登记11月主题党日" in first
    assert "名册里多了" not in first
    record(secretary, branch, roster)
    assert "名册里多了" not in text(client.get(address))
    assert "<title>修改11月主题党日" in text(client.get(address))
    late = make_member(branch, "张玉珍")
    make_link(make_member(other_branch, "张桂兰"), branch)
    page = client.get(address)
    assert "登记以后，名册里多了1位：张玉珍。也先替您勾好了，没来的，点一下名字。" in plain(
        text(page)
    )
    entry = filled(page)
    entry["here"].remove(str(late.pk))
    client.post(address, entry | {f"w-{late.pk}": "ABSENT"})
    assert Attendance.objects.get(member=late).state == "ABSENT"
    assert "名册里多了" not in text(client.get(address))


def test_many_who_came_later_are_counted_and_the_first_named(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster)
    for number in range(6):
        make_member(branch, f"张玉{'珍华芳英兰梅'[number]}")
    page = plain(text(client.get(f"/branch/{branch.pk}/{NOVEMBER}")))
    assert "登记以后，名册里多了6位：" in page
    assert "等。也先替您勾好了" in page


@pytest.mark.parametrize(
    ("way", "word"), [("PRESENT", "到会"), ("ONLINE", "线上"), ("HOME", "送学")]
)
def test_a_guest_may_take_part_as_everybody_else(
    client: Client,
    branch: Branch,
    other_branch: Branch,
    roster: list[Member],
    way: str,
    word: str,
) -> None:
    guest, stayed_away = (make_member(other_branch, name) for name in ("张桂兰", "孙文斌"))
    for person in (guest, stayed_away):
        make_link(person, branch)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address))
    entry["here"] = [*entry["here"], str(guest.pk)]
    client.post(address, entry | {f"w-{guest.pk}": way, f"w-{stayed_away.pk}": "ONLINE"})
    assert Attendance.objects.get(member=guest).state == way
    assert not Attendance.objects.filter(member=stayed_away).exists()
    shown = text(client.get(f"{address}record/"))
    assert f'<span class="tag ok">{word}</span>' in shown
    assert "外支部来1人" in shown
    page = client.get(address)
    tiles = {tile.name: (tile.here, tile.reason) for tile in page.context["form"].guests}
    assert tiles == {"张桂兰": (True, way), "孙文斌": (False, "")}
    assert f"name=w-{guest.pk} value={way} checked" in text(page)
    assert client.post(address, filled(page, topic="学党章")).status_code == 302
    assert Attendance.objects.get(member=guest).state == way


def test_the_log_page_counts_as_the_record_does(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """Who took part without coming is not away, and guests are counted apart; without scripts too."""
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert "到会 2 人送学、线上 1 人请假、缺席 0 人" in plain(text(page))
    assert "名单3人，请假0人不计，应到3人；外支部来0人" in plain(text(page))
    assert "没有点" in plain(text(page))
    entry = filled(page)
    entry["here"] = [str(guest.pk), str(roster[1].pk)]
    entry |= {f"w-{roster[0].pk}": "EXCUSED"}
    assert client.post(address, entry).status_code == 302
    saved = plain(text(client.get(f"{address}saved/")))
    assert "名单3人，请假1人不计，应到2人" in saved
    assert "2人（100%），外支部来1人" in saved
    for again in (client.get(address), client.post(address, entry | {"topic": ""})):
        assert "到会 1 人送学、线上 1 人请假、缺席 1 人" in plain(text(again))
        assert "名单3人，请假1人不计，应到2人；外支部来1人" in plain(text(again))


def test_who_took_part_elsewhere_is_excused_at_home(
    client_for: SignIn,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    """SYS-04: the home branch's monthly sheet shows 异地参加 1 次, and it counts once."""
    person = make_member(other_branch, "张桂兰")
    make_link(person, branch)
    record(secretary, branch, [person])
    home = client_for(other_secretary)
    page = home.get(f"/branch/{other_branch.pk}/{NOVEMBER}")
    tile = page.context["form"].tiles[0]
    assert (tile.here, tile.reason) == (False, "EXCUSED")
    assert (tile.away, tile.note) == ("异地参加", f"在{branch.label}")
    home.post(f"/branch/{other_branch.pk}/{NOVEMBER}", filled(page))
    shown = text(home.get(f"/branch/{other_branch.pk}/{NOVEMBER}record/"))
    assert shown.count("异地参加 1 次") == 1
    assert f'<span class="tag ok">异地参加</span><br>在{branch.label}' in shown
    assert "请假（异地参加）" not in shown
    assert "名单1人，请假1人不计，应到0人" in shown


def moved(member: Member, to: Branch, on: dt.date) -> None:
    transfer_member(by=None, member=member, to=to, on=on, document="介绍信2026-11号")


def test_who_moved_since_is_on_the_list_of_the_day(
    client: Client, secretary: User, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """A theme day of the 5th, recorded on the 22nd: the list is that of the 5th (SYS-18)."""
    comer = make_member(other_branch, "张桂兰")
    moved(comer, branch, dt.date(2026, 11, 15))
    moved(roster[0], other_branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 5)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    names = [tile.name for tile in page.context["form"].tiles]
    assert names == ["陈建国", "黄长江", "周秀英"]
    assert client.post(address, filled(page)).status_code == 302
    rows = Attendance.objects.order_by("pk").values_list("member__name", "home_branch")
    assert set(rows) == {(name, branch.pk) for name in names}


def test_choosing_another_day_lists_who_was_there_then(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    moved(roster[0], other_branch, dt.date(2026, 11, 15))
    comer = make_member(other_branch, "张桂兰")
    moved(comer, branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 18)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert [tile.name for tile in page.context["form"].tiles] == ["黄长江", "张桂兰", "周秀英"]
    entry = filled(page, day="other", other_day="2026-11-05", topic="学党章")
    answer = client.post(address, entry)
    assert "名单已按开会那天重新列出，请核对后再交。" in text(answer)
    form = answer.context["form"]
    assert form["topic"].value() == "学党章"
    assert [tile.name for tile in form.tiles] == ["陈建国", "黄长江", "周秀英"]
    assert Activity.objects.count() == 0
    ticked = [tile.key for tile in form.tiles]
    again = filled(answer, other_day="2026-11-05", here=ticked)
    assert client.post(address, again).status_code == 302
    names = Attendance.objects.values_list("member__name", flat=True)
    assert set(names) == {"陈建国", "黄长江", "周秀英"}


def test_a_guest_belonged_where_he_was_at_home_that_day(
    client: Client,
    branch: Branch,
    other_branch: Branch,
    far_branch: Branch,
    roster: list[Member],
) -> None:
    guest = make_member(far_branch, "张桂兰")
    make_link(guest, branch)
    moved(guest, other_branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 5)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address))
    entry["here"] = [*entry["here"], str(guest.pk)]
    assert client.post(address, entry).status_code == 302
    assert Attendance.objects.get(member=guest).home_branch == far_branch


def test_another_day_asks_anew_of_who_is_a_guest_or_due_on_it(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """The page is drawn for the 18th, the theme day was the 5th: what a tile asked is no answer there."""
    came, guest = make_member(other_branch, "张桂兰"), make_member(other_branch, "孙文斌")
    make_link(came, branch)
    moved(came, branch, dt.date(2026, 11, 15))
    make_link(guest, branch, started_on=dt.date(2026, 11, 10))
    fix_theme_day(branch, 5)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)  # of the 5th: 张桂兰 is a guest, 孙文斌 not there yet
    assert [tile.name for tile in page.context["form"].guests] == ["张桂兰"]
    later = filled(page, day="other", other_day="2026-11-18")
    answer = client.post(address, later)  # 张桂兰, not ticked, is due on the 18th, 孙文斌 a guest
    assert "名单已按开会那天重新列出" in text(answer)
    form = answer.context["form"]
    assert [(tile.name, tile.here) for tile in form.guests] == [("孙文斌", False)]
    assert ("张桂兰", False) in [(tile.name, tile.here) for tile in form.tiles]
    assert Attendance.objects.count() == 0
    again = filled(answer, other_day="2026-11-18")
    again["here"] = [*again["here"], str(guest.pk)]
    assert client.post(address, again).status_code == 302
    assert Attendance.objects.get(member=guest).is_due is False
    assert Attendance.objects.get(member=came).state == "EXCUSED"
    page = client.get(address)
    back = client.post(address, filled(page, day="other", other_day="2026-11-05"))
    assert "名单已按开会那天重新列出" in text(
        back
    )  # 张桂兰, due on the 18th, is a guest on the 5th
    guests = {tile.name: tile.here for tile in back.context["form"].guests}
    assert guests == {"张桂兰": False, "孙文斌": True}
