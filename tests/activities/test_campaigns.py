"""Campaigns: opened by the office, chosen on the log page, added up from archived records (SYS-18)."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from activities.actions.archive import archive_activities
from activities.actions.campaign import save_campaign
from activities.enums import ActivityKind, ActivityState, AttendanceState
from activities.models import Activity, Attendance, Campaign
from branches.models import Area, Branch
from core import bulk
from core.models import AuditEvent, User
from members.models import Member
from tests.activities.log_page import filled, plain
from tests.factories.activities import make_campaign, make_link, make_roster, record
from tests.factories.branches import make_branch
from tests.factories.members import make_member

SignIn = Callable[[User], Client]
NOVEMBER = "theme-day/2026-11/"
REGISTER = "/admin/activities/campaign/"
SUM = re.compile(r'<li><a href="([^"]+)">(\S+) <b>(\d+)</b> (\S+)</a></li>')


@pytest.fixture
def campaign(bureau_staff: User, district: Area) -> Campaign:
    """A campaign of D1 in October and November."""
    return make_campaign(bureau_staff, district)


@pytest.fixture
def client(client_for: SignIn, bureau_staff: User) -> Client:
    """Give the browser of the bureau of D1."""
    return client_for(bureau_staff)


def text(response: Any) -> str:
    return response.content.decode()


def sums(page: Any) -> dict[str, int]:
    return {word: int(number) for _, word, number, _ in SUM.findall(text(page))}


# --- opening ---------------------------------------------------------------------------------------


def test_the_office_opens_a_campaign_in_its_area(
    client: Client, client_for: SignIn, outsider: User, district: Area
) -> None:
    entry = {
        "title": "回望百年路",
        "area": district.pk,
        "starts_on": "2026年10月1日",
        "ends_on": "2026-11-30",
    }
    assert client.post(f"{REGISTER}add/", entry).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.title, campaign.area) == ("回望百年路", district)
    assert AuditEvent.objects.filter(act="开展专题活动", object_id=str(campaign.pk)).exists()
    shown = text(client.get(REGISTER))
    assert "2026年10月1日 星期四至2026年11月30日 星期一" in shown
    assert "正在开展" in shown
    assert "回望百年路" not in text(client_for(outsider).get(REGISTER))
    answer = client.post(f"{REGISTER}{campaign.pk}/change/", entry | {"title": "助力新征程"})
    assert answer.status_code == 302
    campaign.refresh_from_db()
    assert campaign.title == "助力新征程"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " \u200b"}, "请写一写专题活动的名称。"),
        ({"ends_on": "2026-09-30"}, "结束日期不能早于开始日期。"),
        ({"starts_on": "昨天"}, "日期"),
        ({"area": "0"}, "选"),
    ],
)
def test_a_campaign_that_cannot_be(
    client: Client, district: Area, changes: dict[str, str], sentence: str
) -> None:
    entry = {"title": "回望", "area": district.pk, "starts_on": "2026-10-01"}
    answer = client.post(f"{REGISTER}add/", entry | {"ends_on": "2026-11-30"} | changes)
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert Campaign.objects.count() == 0


def test_a_street_opens_its_own_and_sees_the_districts(
    client_for: SignIn,
    street_staff: User,
    outsider: User,
    street: Area,
    other_street: Area,
    campaign: Campaign,
) -> None:
    own = make_campaign(street_staff, street, "东城一家亲")
    assert list(Campaign.objects.editable_by(street_staff)) == [own]
    assert set(Campaign.objects.visible_to(street_staff)) == {own, campaign}
    assert list(Campaign.objects.visible_to(outsider)) == []
    for by, area in ((street_staff, other_street), (outsider, street)):
        with pytest.raises(PermissionDenied, match="不归您管理"):
            make_campaign(by, area, "别处的")
    with pytest.raises(PermissionDenied, match="不归您管理"):
        save_campaign(
            by=street_staff,
            campaign=campaign,
            title="改名",
            area=street,
            starts_on=campaign.starts_on,
            ends_on=campaign.ends_on,
        )
    assert set(Campaign.objects.values_list("title", flat=True)) == {own.title, campaign.title}
    address = f"{REGISTER}{campaign.pk}/"
    assert client_for(street_staff).get(f"{address}totals/").status_code == 200
    assert client_for(outsider).get(f"{address}totals/").status_code == 404


def test_a_campaign_keeps_what_is_in_it(
    client: Client, secretary: User, branch: Branch, campaign: Campaign, other_street: Area
) -> None:
    record(secretary, branch, make_roster(branch, 1), campaign=campaign.pk)
    entry = {"title": "回望", "area": campaign.area_id, "starts_on": "2026-10-01"}
    for changes in ({"ends_on": "2026-11-04"}, {"ends_on": "2026-11-30", "area": other_street.pk}):
        answer = client.post(f"{REGISTER}{campaign.pk}/change/", entry | changes)
        assert "已有1场活动登记在这项专题活动里" in text(answer)
    campaign.refresh_from_db()
    assert campaign.ends_on == dt.date(2026, 11, 30)


# --- choosing --------------------------------------------------------------------------------------


def test_the_log_page_asks_only_while_one_runs(
    client_for: SignIn, secretary: User, bureau_staff: User, street: Area, other_street: Area
) -> None:
    branch = Branch.objects.get()
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    make_campaign(bureau_staff, street, "过去的", ends_on=dt.date(2026, 10, 31))
    make_campaign(bureau_staff, other_street, "别街道的")
    page = client.get(address)
    assert "专题活动" not in text(page)
    running = make_campaign(bureau_staff, street, "东城一家亲")
    page = client.get(address)
    field = page.context["form"]["campaign"]
    assert field.field.choices == [("", "都不是"), (str(running.pk), "东城一家亲")]
    assert field.value() == str(running.pk)
    assert "这次记进专题活动“东城一家亲”（10月1日到11月30日）。不是的，点下面改。" in plain(
        text(page)
    )
    client.post(address, filled(page))
    assert Activity.objects.get().campaign == running


def test_none_is_chosen_beforehand_unless_it_is_the_only_one_on_the_day(
    client_for: SignIn, secretary: User, bureau_staff: User, branch: Branch, campaign: Campaign
) -> None:
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    second = make_campaign(bureau_staff, campaign.area, "第二项")
    assert not client.get(address).context["form"]["campaign"].value()
    day = client.get(address).context["sheet"].days[0]
    Campaign.objects.filter(pk=second.pk).update(starts_on=day + dt.timedelta(days=1))
    assert client.get(address).context["form"]["campaign"].value() == str(campaign.pk)
    Campaign.objects.filter(pk=campaign.pk).update(ends_on=day - dt.timedelta(days=1))
    page = client.get(address)
    assert not page.context["form"]["campaign"].value()
    assert "这次记进" not in text(page)


def test_a_day_out_of_the_campaign_chosen_beforehand_goes_into_none(
    client_for: SignIn, secretary: User, branch: Branch, campaign: Campaign
) -> None:
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    day = client.get(address).context["sheet"].days[0]
    Campaign.objects.filter(pk=campaign.pk).update(starts_on=day)
    page = client.get(address)
    assert page.context["form"]["campaign"].value() == str(campaign.pk)
    other = {"day": "other", "other_day": (day - dt.timedelta(days=1)).isoformat()}
    assert client.post(address, filled(page, **other)).status_code == 302
    assert Activity.objects.get().campaign is None


def test_choosing_it_keeps_it(
    client_for: SignIn,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    campaign: Campaign,
) -> None:
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address), campaign=str(campaign.pk))
    assert client.post(address, entry).status_code == 302
    assert Activity.objects.get().campaign == campaign
    assert f"专题活动</dt><dd>{campaign.title}" in text(client.get(f"{address}saved/"))
    page = client.get(address)
    assert page.context["form"]["campaign"].value() == str(campaign.pk)
    assert client.post(address, filled(page, campaign="")).status_code == 302
    assert Activity.objects.get().campaign is None


@pytest.mark.parametrize("chosen", ["999999", "abc", str(2**70)])
def test_a_campaign_that_is_not_there(
    client_for: SignIn,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    campaign: Campaign,
    chosen: str,
) -> None:
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    answer = client.post(address, filled(client.get(address), campaign=chosen, topic="学党章"))
    assert answer.status_code == 200
    assert answer.context["form"]["topic"].value() == "学党章"
    assert Activity.objects.count() == 0


def test_the_day_decides(
    secretary: User, bureau_staff: User, branch: Branch, street: Area, far_district: Area
) -> None:
    people = make_roster(branch, 1)
    late = make_campaign(bureau_staff, street, "下旬", starts_on=dt.date(2026, 11, 20))
    with pytest.raises(ValidationError, match="“下旬”从11月20日到11月30日，这一天不在里面"):
        record(secretary, branch, people, day=dt.date(2026, 11, 19), campaign=late.pk)
    activity = record(secretary, branch, people, day=dt.date(2026, 11, 20), campaign=late.pk)
    assert activity.campaign == late
    far = Campaign.objects.create(
        title="别区的", area=far_district, starts_on=late.starts_on, ends_on=late.ends_on
    )
    with pytest.raises(ValidationError, match="没有这项专题活动"):
        record(secretary, branch, people, version=1, campaign=far.pk)


def test_two_at_once_see_it_on_the_merge_page(
    client_for: SignIn,
    secretary: User,
    street_staff: User,
    branch: Branch,
    roster: list[Member],
    campaign: Campaign,
) -> None:
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, hers | {"campaign": ""})
    answer = second.post(address, his | {"topic": "学党章"})
    assert answer.status_code == 409
    asked = {question.label: question for question in answer.context["page"].questions}
    assert asked["专题活动"].theirs.words == "都不是"
    assert asked["专题活动"].mine.words == campaign.title
    assert asked["专题活动"].theirs.is_proposed
    merged = dict(answer.context["page"].hidden)
    for question in asked.values():
        side = question.mine if question.mine.is_proposed else question.theirs
        merged[question.name] = side.value
    assert second.post(address, merged).status_code == 302
    activity = Activity.objects.get()
    assert (activity.campaign, activity.topic) == (None, "学党章")


# --- adding up -------------------------------------------------------------------------------------


def fill(
    campaign: Campaign, branches: list[Branch], people: list[Member], sessions: int, state: str
) -> None:
    """Put SESSIONS records into CAMPAIGN, each with PEOPLE: one absent, the others there."""
    rows = Activity.objects.bulk_create(
        [
            Activity(
                kind_id=ActivityKind.THEME_DAY,
                branch=branches[number % len(branches)],
                date=dt.date(2026, 10, 1 + number % 28),
                campaign=campaign,
                state=state,
            )
            for number in range(sessions)
        ],
        batch_size=500,
    )
    states = [AttendanceState.ABSENT, *[AttendanceState.PRESENT] * len(people)]
    bulk.append(
        Attendance,
        ("activity_id", "member_id", "home_branch_id", "state", "is_due", "reason", "at"),
        [
            (row.pk, person.pk, person.branch_id, mark.value, True, "", "2026-11-01 00:00:00")
            for row in rows
            for person, mark in zip(people, states, strict=False)
        ],
    )
    came = max(0, len(people) - 1)
    Activity.objects.filter(pk__in=[row.pk for row in rows]).update(took_part=came)


def test_only_archived_sessions_count_and_each_number_leads_to_its_rows(
    client: Client,
    client_for: SignIn,
    street_staff: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    other_street: Area,
    campaign: Campaign,
) -> None:
    people = make_roster(branch, 4)
    fill(campaign, [branch, branch, other_branch], people, 300, ActivityState.ARCHIVED)
    fill(campaign, [branch], people, 40, ActivityState.RECORDED)
    fill(campaign, [branch], [], 10, ActivityState.PLANNED)
    fill(campaign, [branch], people, 5, ActivityState.CANCELLED)
    address = f"{REGISTER}{campaign.pk}/totals/"
    page = client.get(address)
    assert sums(page) == {"已归档": 300, "参加": 900, "登记了、还没归档（不计入）": 40}
    lines = [(line["label"], line["sessions"], line["people"]) for line in page.context["lines"]]
    assert lines == [(branch.name, 200, 600), (other_branch.name, 100, 300)]
    for link, _, number, unit in SUM.findall(text(page)):
        if unit == "场":
            shown = client.get(link.replace("&amp;", "&")).context["cl"].result_count
            assert shown == int(number)
    for line in page.context["lines"]:
        assert client.get(line["url"]).context["cl"].result_count == line["sessions"]
    assert sums(client.get(f"{address}?area={other_street.code}"))["已归档"] == 100
    assert sums(client_for(street_staff).get(address))["已归档"] == 200
    assert client_for(outsider).get(address).status_code == 404


def test_archiving_moves_the_sum(
    client: Client,
    secretary: User,
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    campaign: Campaign,
) -> None:
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    people = make_roster(branch, 3)
    activity = record(
        secretary,
        branch,
        [people[0], guest],
        home=[people[1]],
        absent=[people[2]],
        campaign=campaign.pk,
    )
    address = f"{REGISTER}{campaign.pk}/totals/"
    assert sums(client.get(address)) == {"已归档": 0, "参加": 0, "登记了、还没归档（不计入）": 1}
    archive_activities(by=bureau_staff, activities=[activity])
    assert sums(client.get(address)) == {"已归档": 1, "参加": 3, "登记了、还没归档（不计入）": 0}


def test_twelve_thousand_sessions_add_up(
    client: Client, branch: Branch, campaign: Campaign
) -> None:
    """回望百年路，助力新征程: 1.2万余场 (SYS-18)."""
    person = make_roster(branch, 2)
    fill(campaign, [branch], person, 12_345, ActivityState.ARCHIVED)
    fill(campaign, [branch], person, 655, ActivityState.RECORDED)
    page = client.get(f"{REGISTER}{campaign.pk}/totals/")
    assert sums(page) == {"已归档": 12_345, "参加": 12_345, "登记了、还没归档（不计入）": 655}


@pytest.mark.parametrize("count", [1, 3])
def test_its_pages_ask_a_fixed_number_of_times(
    client: Client,
    bureau_staff: User,
    community: Area,
    district: Area,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    campaigns = [make_campaign(bureau_staff, district, f"第{n}项") for n in range(count)]
    for number in range(count):
        branch = make_branch(community, f"第{number}党支部")
        people = make_roster(branch, count)
        fill(campaigns[0], [branch], people, count, ActivityState.ARCHIVED)
    client.get("/admin/")
    for address, queries in {REGISTER: 7, f"{REGISTER}{campaigns[0].pk}/totals/": 10}.items():
        with django_assert_num_queries(queries, info=address):
            client.get(address)
