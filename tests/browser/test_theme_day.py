"""A secretary logs the theme day in a real browser: by thumb, by keyboard, without scripts, in trouble."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from activities.actions.theme_day import plan_activity
from activities.models import Activity, Attendance, Campaign
from branches.models import Area, Branch
from core.models import User
from members.models import Member
from tests.browser.party_life import this_month
from tests.factories.activities import make_campaign, make_link, make_roster
from tests.factories.members import make_member
from tests.harness import browser as harness

TAB_STOPS = 25
SignIn = Callable[[User], None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def roster(branch: Branch) -> list[Member]:
    """Twelve members; the fifth is frail."""
    people = make_roster(branch, 12)
    Member.objects.filter(pk=people[4].pk).update(needs_home_study=True)
    return people


@pytest.fixture
def address(branch: Branch, roster: list[Member]) -> str:
    """The log page of this month."""
    return f"/branch/{branch.pk}/theme-day/{this_month()}/"


@pytest.fixture
def log(page: Page, sign_in: SignIn, secretary: User, address: str) -> Page:
    """The log page, opened by the secretary on a phone."""
    sign_in(secretary)
    page.goto(address)
    return page


def tap(page: Page, name: str) -> None:
    """Tap somebody's tile."""
    page.locator(".person > label", has_text=name).click()


def fill_in(page: Page, topic: str = "学习党的二十届四中全会精神") -> None:
    """Write what was learned, and where: there is no earlier month to take it from."""
    page.get_by_label("学了什么").fill(topic)
    page.get_by_label("写一写地点").fill("社区活动室")


def submit(page: Page) -> None:
    """Press the one red button."""
    page.locator(".btn-main").click()


def states() -> dict[str, str]:
    """Return what is stored, by name."""
    return dict(Attendance.objects.values_list("member__name", "state"))


def test_by_thumb_on_a_phone(log: Page) -> None:
    expect(log.locator("[data-count=here]")).to_have_text("11")
    fill_in(log)
    tap(log, "周秀英")
    tap(log, "张桂兰")
    log.locator(".person", has_text="张桂兰").get_by_text("缺席").click()
    for name, people in {"here": 9, "apart": 1, "away": 2, "excused": 1, "due": 11}.items():
        expect(log.locator(f"[data-count={name}]")).to_have_text(str(people))
    submit(log)
    expect(log.locator("h1")).to_have_text(f"{this_month().month}月主题党日已保存")
    stored = states()
    assert (stored["周秀英"], stored["张桂兰"], stored["吴永福"]) == ("EXCUSED", "ABSENT", "HOME")
    assert list(stored.values()).count("PRESENT") == 9


def test_a_guest_is_asked_how_he_took_part_once_he_is_ticked(
    log: Page, branch: Branch, other_branch: Branch
) -> None:
    make_link(make_member(other_branch, "欧阳淑珍"), branch)
    log.reload()
    ways = log.locator(".guests .person div")
    expect(ways).to_be_hidden()
    expect(log.locator(".guests").get_by_text("没有点")).to_be_visible()
    expect(log.locator("[data-count=guests]")).to_have_text("0")
    tap(log, "欧阳淑珍")
    expect(log.locator("[data-count=guests]")).to_have_text("1")
    expect(ways).to_be_visible()
    ways.get_by_text("线上").click()
    expect(log.locator("[data-count=here]")).to_have_text("11")
    fill_in(log)
    expect(log.get_by_label("主持人")).to_be_hidden()
    log.get_by_text("写主持人、议程").click()
    log.get_by_label("主持人").fill("陆德贤")
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert states()["欧阳淑珍"] == "ONLINE"
    assert Activity.objects.get().host == "陆德贤"


def test_marks_of_one_tile_stand_below_each_other(log: Page) -> None:
    """The tick and the choices below it begin at the same distance from the edge, in every size."""
    tap(log, "陈建国")
    tile = log.locator(".person", has_text="陈建国")
    for size in ("", "l", "xl"):
        log.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        marks = [tile.locator("input").nth(place).bounding_box() for place in (0, 1)]
        left = [round(mark["x"]) for mark in marks if mark]
        assert left == left[:1] * 2, size


def test_change_it_again(log: Page, address: str) -> None:
    fill_in(log)
    submit(log)
    log.get_by_role("link", name="改一改").click()
    tap(log, "陈建国")
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert states()["陈建国"] == "EXCUSED"
    assert Activity.objects.get().version == 2


def press_to(page: Page, selector: str, stops: list[str]) -> None:
    """Press Tab until the element at SELECTOR has the focus; every stop is counted."""
    while not page.evaluate("selector => document.activeElement.matches(selector)", selector):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.name || document.activeElement.type"))
        assert len(stops) <= TAB_STOPS, stops


@pytest.fixture
def campaign(bureau_staff: User, district: Area) -> Campaign:
    """A campaign that runs this month, the only one."""
    first, last = this_month().first, this_month().last
    return make_campaign(bureau_staff, district, starts_on=first, ends_on=last)


@pytest.fixture(params=["no campaign", "campaign"])
def busy_or_not(request: pytest.FixtureRequest) -> Campaign | None:
    """A month with and without a campaign."""
    return request.getfixturevalue("campaign") if request.param == "campaign" else None


QUESTIONS = """() => [...document.querySelectorAll("main form section.card :is(.field, .people)")]
    .filter((group) => group.checkVisibility())
    .map((group) => (group.querySelector("legend, label") || group).innerText.split("\\n")[0])"""


def test_there_are_five_decisions(
    busy_or_not: Campaign | None, log: Page, roster: list[Member]
) -> None:
    """elder_ux §5: the date, the topic, the place, who did not come, photos; a campaign adds none."""
    asked = log.evaluate(QUESTIONS)
    assert asked[:3] == ["哪天开的？", "学了什么？", "在哪里开的？"]
    assert asked[3].startswith("放几张照片")
    assert len(asked) == 5
    assert roster[0].name in asked[4]
    told = log.get_by_text("这次记进专题活动")
    expect(told).to_have_count(1 if busy_or_not else 0)
    fill_in(log)
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().campaign == busy_or_not


def test_a_record_is_taken_out_of_the_campaign(campaign: Campaign, log: Page) -> None:
    fill_in(log)
    expect(log.get_by_text("都不是")).to_be_hidden()
    log.get_by_text("选专题活动").click()
    log.get_by_text("都不是").click()
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().campaign is None


def test_the_page_opens_with_what_was_planned(
    page: Page, sign_in: SignIn, secretary: User, branch: Branch, address: str
) -> None:
    """elder_ux §5: the topic comes from the plan; date and place with it."""
    plan_activity(
        by=secretary,
        branch=branch,
        period=str(this_month()),
        date=this_month().first,
        starts_at=dt.time(9),
        topic="学习《党章》",
        place="老年大学三楼",
    )
    sign_in(secretary)
    page.goto(address)
    expect(page.get_by_label("学了什么")).to_have_value("学习《党章》")
    chosen = page.locator(".opts .opt:has(:checked)")
    expect(chosen).to_contain_text([f"{this_month().month}月1日", "老年大学三楼"])
    submit(page)
    expect(page.locator("h1")).to_contain_text("已保存")
    held = Activity.objects.get()
    assert (held.topic, held.date, held.place) == (
        "学习《党章》",
        this_month().first,
        "老年大学三楼",
    )


def test_twelve_people_by_keyboard_alone_in_under_a_minute(
    busy_or_not: Campaign | None, log: Page, roster: list[Member]
) -> None:
    """elder_ux §5: 12 people in under a minute, 25 Tab stops."""
    begun = time.monotonic()
    log.keyboard.press("Tab")
    log.keyboard.press("Enter")  # 跳到正文
    stops: list[str] = []
    press_to(log, "[name=day]", stops)
    press_to(log, "[name=topic]", stops)
    log.keyboard.type("学习全会精神")
    press_to(log, "[name=other_place]", stops)
    log.keyboard.type("社区活动室")
    press_to(log, f"[name=here][value='{roster[1].pk}']", stops)
    log.keyboard.press("Space")
    press_to(log, f"[name=w-{roster[1].pk}]", stops)
    log.keyboard.press("ArrowRight")
    log.keyboard.press("ArrowRight")  # 请假 → 送学 → 线上
    press_to(log, ".btn-main", stops)
    log.keyboard.press("Enter")
    expect(log.locator("h1")).to_contain_text("已保存")
    assert time.monotonic() - begun < 60
    assert len(stops) <= TAB_STOPS
    assert states()["周秀英"] == "ONLINE"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts(log: Page, address: str) -> None:
    expect(log.locator(".person > label", has_text="周秀英")).to_be_visible()
    tap(log, "周秀英")
    log.locator(".person", has_text="周秀英").get_by_text("送学").click()
    submit(log)
    expect(log.locator(".summary")).to_contain_text("请写一写这次学了什么")
    fill_in(log)
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert states()["周秀英"] == "HOME"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_pressed_twice_without_scripts(log: Page) -> None:
    fill_in(log)
    log.locator(".btn-main").dblclick(no_wait_after=True)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().version == 1
    assert len(states()) == 12


def test_pressed_twice(log: Page) -> None:
    fill_in(log)
    log.locator(".btn-main").dblclick(no_wait_after=True)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().version == 1


def signed_in_page(browser: Browser, live_server: Any, user: User) -> Page:
    """Open another browser, signed in as USER."""
    context = browser.new_context(**harness.context_arguments(), base_url=live_server.url)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return context.new_page()


def test_two_secretaries_at_once(
    log: Page, browser: Browser, live_server: Any, street_staff: User, address: str
) -> None:
    """F17: the second one sees both versions, and nothing is lost."""
    second = signed_in_page(browser, live_server, street_staff)
    second.goto(address)
    fill_in(log, "学党章")
    tap(log, "周秀英")
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    fill_in(second, "学精神")
    tap(second, "黄长江")
    submit(second)
    expect(second.locator("h1")).to_have_text("两份合成一份")
    asked = second.locator("fieldset legend").all_inner_texts()
    assert [words.split("\n")[0].split(" ")[0] for words in asked] == [
        "学了什么",
        "黄长江",
        "周秀英",
    ]
    assert harness.axe_violations(second) == []
    second.locator("fieldset", has_text="学了什么").get_by_text("学党章").click()
    submit(second)
    expect(second.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().topic == "学党章"
    stored = states()
    assert (stored["周秀英"], stored["黄长江"]) == ("EXCUSED", "EXCUSED")
    second.context.close()


def test_the_session_ends_midway(
    log: Page, context: BrowserContext, secretary: User, address: str
) -> None:
    """Elder rule 24: sign in again, and the same form comes back filled."""
    fill_in(log, "学党章")
    tap(log, "周秀英")
    Session.objects.all().delete()
    submit(log)
    expect(log.locator("[name=username]")).to_be_visible()
    log.locator("[name=username]").fill(secretary.username)
    log.locator("[name=password]").fill("银辉-测试-2026")
    submit(log)
    expect(log.get_by_text("您刚才填的都还在")).to_be_visible()
    expect(log.get_by_label("学了什么")).to_have_value("学党章")
    expect(log.locator("[data-count=away]")).to_have_text("1")
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert Activity.objects.get().topic == "学党章"
    assert states()["周秀英"] == "EXCUSED"


def test_paper_out_and_paper_in(log: Page, branch: Branch, address: str) -> None:
    log.get_by_role("link", name="打印签到表").click()
    submit(log)
    expect(log.locator(".sheet-code")).to_contain_text("编号")
    row = log.locator("table.sheet tr", has_text="张桂兰").locator("td").first.inner_text()
    log.get_by_role("link", name="填没来的号码").click()
    log.get_by_label("没来的是几号").fill(f"{row} 99")
    submit(log)
    expect(log.locator(".error")).to_contain_text("表上没有 99 号")
    log.get_by_label("没来的是几号").fill(f"{row}号")
    submit(log)
    expect(log.get_by_text("没来的1位")).to_be_visible()
    fill_in(log)
    submit(log)
    expect(log.locator("h1")).to_contain_text("已保存")
    assert states()["张桂兰"] == "EXCUSED"


def test_the_printed_sheet_is_in_large_type(log: Page, address: str) -> None:
    log.goto(f"{address}sheet/")
    submit(log)
    log.emulate_media(media="print")
    size = log.locator("table.sheet th[scope=row]").first.evaluate(
        "cell => parseFloat(getComputedStyle(cell).fontSize)"
    )
    assert round(size * 72 / 96) >= 20  # points
    assert log.locator(".btn-main").is_hidden()
