"""我的提醒: everybody's own notices, the new ones first; opening one marks it, looking does not."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.actions import end_appointment
from branches.models import Appointment, Branch
from core.models import AuditEvent, BackgroundRun, Notice, User
from core.runs import registry, run_now
from members.actions import roster
from members.roster import pages
from tests.factories.members import make_member

Signed = Callable[[User], Client]
PAGE = "/notices/"
CORRECTION = "/me/profile/correction/"


def tell(user: User, *texts: str, **fields: Any) -> list[Notice]:
    return [Notice.objects.create(user=user, text=text, **fields) for text in texts]


def shown(client: Client, address: str = PAGE) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def texts(client: Client, address: str = PAGE) -> list[str]:
    return [notice.text for notice in client.get(address).context["page"]]


# --- the list --------------------------------------------------------------------------------


def test_new_ones_come_first_and_are_marked_with_a_word(client_for: Signed, member: User) -> None:
    tell(member, "最早的", "第二条", "最新的")
    Notice.objects.filter(text="最新的").update(read_at=timezone.now())
    client = client_for(member)
    assert texts(client) == ["第二条", "最早的", "最新的"]
    assert texts(client, f"{PAGE}?show=unread") == ["第二条", "最早的"]
    page = shown(client)
    assert page.count(">没看过</span>") == 2
    assert page.count(">看过</span>") == 1
    assert "有2条还没看" in page


def test_looking_at_the_list_changes_nothing(client_for: Signed, member: User) -> None:
    (notice,) = tell(member, "请核对", url="/me/")
    client = client_for(member)
    client.get(PAGE)
    client.head(PAGE)
    assert client.get(f"{PAGE}{notice.pk}/open/").status_code == 405
    assert client.get(f"{PAGE}read/").status_code == 405
    assert Notice.objects.unread().count() == 1


def test_opening_one_marks_it_and_leads_to_its_page(client_for: Signed, member: User) -> None:
    first, second = tell(member, "请核对", "再核对", url="/me/profile/")
    client = client_for(member)
    answer = client.post(f"{PAGE}{first.pk}/open/")
    assert answer["Location"] == "/me/profile/"
    first.refresh_from_db()
    when = first.read_at
    client.post(f"{PAGE}{first.pk}/open/")
    first.refresh_from_db()
    assert first.read_at == when is not None  # the first time counts
    assert [notice.pk for notice in Notice.objects.unread()] == [second.pk]


def test_an_office_is_offered_one_way_back_and_everybody_else_the_home_page(
    client_for: Signed, bureau_staff: User, member: User
) -> None:
    ways = [
        re.findall("返回首页|工作台", shown(client_for(user), address))
        for user in (bureau_staff, member)
        for address in (PAGE, "/runs/", "/password/")
    ]
    assert ways == [["工作台"]] * 3 + [["返回首页"]] * 3


def test_one_without_a_page_comes_back_to_the_list(client_for: Signed, member: User) -> None:
    (notice,) = tell(member, "名册已经导入。")
    assert client_for(member).post(f"{PAGE}{notice.pk}/open/")["Location"] == PAGE


def test_all_are_marked_up_to_what_the_list_showed(client_for: Signed, member: User) -> None:
    tell(member, "甲", "乙")
    client = client_for(member)
    newest = client.get(PAGE).context["newest"]
    tell(member, "后来的")
    page = client.post(f"{PAGE}read/", {"up_to": newest}, follow=True).content.decode()
    assert "都记为看过了" in page
    assert [notice.text for notice in Notice.objects.unread()] == ["后来的"]


@pytest.mark.parametrize("key", ["", "x", "-1", str(2**70)])
def test_a_key_that_is_none_marks_nothing(client_for: Signed, member: User, key: str) -> None:
    tell(member, "甲")
    answer = client_for(member).post(f"{PAGE}read/", {"up_to": key})
    assert answer["Location"] == PAGE
    assert Notice.objects.unread().count() == 1


def test_nobody_reads_anothers_notices(
    client_for: Signed, member: User, outsider: User, bureau_staff: User, superuser: User
) -> None:
    (notice,) = tell(member, "只给周玉兰")
    for other in (outsider, bureau_staff, superuser):
        client = client_for(other)
        assert texts(client) == []
        assert client.post(f"{PAGE}{notice.pk}/open/").status_code == 404
        client.post(f"{PAGE}read/", {"up_to": notice.pk})
    assert Notice.objects.unread().count() == 1


def test_a_long_list_has_pages(client_for: Signed, member: User) -> None:
    tell(member, *(f"第{number}条" for number in range(45)))
    client = client_for(member)
    assert [len(texts(client, f"{PAGE}?p={number}")) for number in (1, 2, 3)] == [20, 20, 5]
    assert "?show=&amp;p=2" in shown(client)
    assert len(client.get(PAGE).content) < 60_000


def test_what_a_person_said_is_sealed_and_shown_to_the_reader(
    client_for: Signed, member: User
) -> None:
    tell(member, "请核对", detail="原话：电话应是16112345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM core_notice")
        assert "16112345678" not in cursor.fetchone()[0]
    assert "原话：电话应是16112345678" in shown(client_for(member))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_times(
    client_for: Signed, member: User, count: int
) -> None:
    tell(member, *(f"第{number}条" for number in range(count)))
    client = client_for(member)
    client.get(PAGE)  # starts the session's clock
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    assert len(captured) == 9


# --- the ways there --------------------------------------------------------------------------


@pytest.mark.parametrize("unread", [0, 2])
def test_the_home_pages_tell_how_many_are_new(
    client_for: Signed,
    member: User,
    secretary: User,
    group_leader: User,
    branch: Branch,
    unread: int,
) -> None:
    words = f"<b>{unread}条</b>还没看" if unread else "没有新的"
    for user, home in ((member, "/me/"), (secretary, f"/branch/{branch.pk}/"), (group_leader, "/")):
        tell(user, *["请核对"] * unread)
        page = shown(client_for(user), home)
        assert f'href="{PAGE}"' in page
        assert words in page


def test_offices_find_them_on_the_workbench_and_in_the_header(
    client_for: Signed, bureau_staff: User, outsider: User
) -> None:
    tell(bureau_staff, "甲", "乙")
    tell(outsider, "别人的")
    client = client_for(bureau_staff)
    page = client.get("/admin/")
    (tile,) = (tile for tile in page.context["tiles"] if tile.label == "未读提醒")
    assert (tile.count, texts(client, tile.url)) == (2, ["乙", "甲"])
    assert f'<a href="{PAGE}">我的提醒</a>' in page.content.decode()


# --- what is told, and where it leads --------------------------------------------------------


def follow_first(client: Client) -> Any:
    """Open the newest notice as its reader does; return the page it leads to."""
    notice = client.get(PAGE).context["page"][0]
    return client.post(reverse("notice-open", args=[notice.pk]), follow=True)


@pytest.mark.parametrize(
    ("role", "opens"),
    [("secretary", "/members/"), ("street_staff", "/admin/"), ("bureau_staff", "/admin/")],
)
def test_a_correction_reaches_who_keeps_the_record_and_leads_there(
    client_for: Signed,
    member: User,
    outsider: User,
    other_secretary: User,
    request: pytest.FixtureRequest,
    role: str,
    opens: str,
) -> None:
    keeper = request.getfixturevalue(role)
    answer = client_for(member).post(
        CORRECTION, {"kind": "CHANGE", "text": "入党日期应是1979年7月"}, follow=True
    )
    assert "已经告诉<wbr>负责的同志" in answer.content.decode()
    client = client_for(keeper)
    assert "周玉兰同志说自己的资料有误" in shown(client)
    assert "原话：入党日期应是1979年7月" in shown(client)
    page = follow_first(client)
    assert (page.status_code, page.request["PATH_INFO"].startswith(opens)) == (200, True)
    assert "周玉兰" in page.content.decode()
    assert set(Notice.objects.values_list("user", flat=True)) == {keeper.pk}
    trail = AuditEvent.objects.filter(act="申请更正资料").values().get()
    assert "1979" not in str(trail)


def test_the_nearest_is_told(
    client_for: Signed, member: User, secretary: User, street_staff: User, bureau_staff: User
) -> None:
    for told in (secretary, street_staff, bureau_staff):
        client_for(member).post(CORRECTION, {"kind": "CHANGE", "text": "住址不对"})
        assert [each.user for each in Notice.objects.all()] == [told]
        Notice.objects.all().delete()
        post = Appointment.objects.get(user=told)
        end_appointment(by=None, appointment=post, on=timezone.localdate() - dt.timedelta(days=1))
    refused = client_for(member).post(CORRECTION, {"kind": "CHANGE", "text": "住址不对"})
    assert "请打下面的电话" in refused.content.decode()


def test_a_secretary_tells_the_street_what_is_wrong_in_his_own_record(
    client_for: Signed, secretary: User, branch: Branch, street_staff: User
) -> None:
    make_member(branch, "陆德贤", user=secretary)
    client_for(secretary).post(CORRECTION, {"kind": "CHANGE", "text": "学历不对"})
    assert [each.user for each in Notice.objects.all()] == [street_staff]


@pytest.mark.parametrize("role", ["bureau_staff", "secretary"])
def test_a_finished_run_leads_to_a_page_that_opens(
    client_for: Signed,
    request: pytest.FixtureRequest,
    role: str,
    branch: Branch,
    runners: None,
) -> None:
    user = request.getfixturevalue(role)
    registry.runner("test.roster", name="导入党员名册", page=pages.of_run)(lambda run, progress: {})
    kept = roster.keep_roster(by=user, name="名册.csv", source=ContentFile("姓名".encode()))
    batch = roster.open_roster(by=user, file=kept, branch=branch)
    Notice.objects.all().delete()
    run = BackgroundRun.objects.create(
        by=user, kind="test.roster", key="t", arguments={"batch": batch.pk}
    )
    run_now(run)
    client = client_for(user)
    page = follow_first(client)
    assert page.status_code == 200
    assert texts(client, f"{PAGE}?show=unread") == []


@pytest.mark.parametrize("role", ["bureau_staff", "secretary"])
def test_who_watches_a_roster_to_the_end_is_told_nothing_twice(
    client_for: Signed, request: pytest.FixtureRequest, role: str, branch: Branch, auditor: User
) -> None:
    user = request.getfixturevalue(role)
    kept = roster.keep_roster(by=user, name="名册.csv", source=ContentFile("姓名".encode()))
    batch = roster.open_roster(by=user, file=kept, branch=branch)
    address = pages.of_run(BackgroundRun(by=user, arguments={"batch": batch.pk}))
    Notice.objects.all().delete()
    tell(user, "核对党员名册“名册.csv”已经做完。", url=address)
    tell(auditor, "别人的", url=address)
    assert client_for(user).get(address).status_code == 200
    assert [notice.text for notice in Notice.objects.unread()] == ["别人的"]
