"""组织覆盖: the coverage table and the three gaps, counted from records and linked to their people (SYS-05)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import coverage
from activities.enums import ActivityState, AttendanceState, Cover
from activities.models import Activity, Attendance
from activities.rules.coverage import countable_from, months_back
from activities.rules.period import Period
from branches.models import Area, Branch
from core.models import RuleParameter, User
from members.actions import add_link
from members.models import Affiliation, Member
from tests.cast import TODAY
from tests.factories.members import make_member

Signed = Callable[[User], Client]
COVERAGE, PEOPLE = reverse("admin:coverage"), reverse("admin:coverage-people")


def came(
    member: Member, branch: Branch, day: dt.date, state: str = AttendanceState.PRESENT,
    activity_state: str = ActivityState.RECORDED,
) -> None:  # fmt: skip
    """MEMBER at BRANCH on DAY, on record."""
    theme_day, _ = Activity.objects.get_or_create(
        kind_id="activity.theme_day",
        branch=branch,
        period=f"{day:%Y-%m}",
        defaults={"date": day, "state": activity_state, "topic": "重阳"},
    )
    Attendance.objects.create(
        activity=theme_day, member=member, home_branch=member.branch, state=state
    )


def since_always(member: Member) -> Member:
    """MEMBER as rosters bring them: nobody knows since when he is at home."""
    Affiliation.objects.filter(member=member, kind="HOME").update(started_on=None)
    return member


def names(client: Client, **asked: str) -> list[str]:
    return [member.name for member in client.get(PEOPLE, asked).context["page"]]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (dt.date(2026, 11, 22), 6, dt.date(2026, 5, 22)),
        (dt.date(2026, 5, 22), 6, dt.date(2025, 11, 22)),
        (dt.date(2026, 8, 31), 6, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 1), 12, dt.date(2025, 12, 1)),
    ],
)
def test_months_back(day: dt.date, months: int, then: dt.date) -> None:
    assert months_back(day, months) == then


def test_half_a_year_is_known_half_a_year_after_the_first_month() -> None:
    assert countable_from(Period(2026, 8), 6) == dt.date(2027, 2, 1)
    assert countable_from(None, 6) is None


def test_each_number_of_the_table_lists_its_people(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, group: Branch
) -> None:
    people = {name: make_member(branch, name) for name in ("安宁", "白云", "陈晨", "丁一")}
    for name, kinds in (("安宁", ["COMMUNITY", "ASSOCIATION"]), ("白云", ["COMMUNITY"])):
        for kind in kinds:
            add_link(by=None, member=people[name], branch=other_branch, kind=kind)
    add_link(by=None, member=people["陈晨"], branch=other_branch, kind="TEMPORARY")
    ended = make_member(branch, "方圆")
    link = add_link(by=None, member=ended, branch=other_branch, kind="ASSOCIATION")
    Affiliation.objects.filter(pk=link.pk).update(
        started_on=dt.date(2026, 1, 1), ended_on=dt.date(2026, 2, 1)
    )
    client = client_for(bureau_staff)
    page = client.get(COVERAGE)
    lines = {line.pk: dict(cells) for line, cells in page.context["lines"]}
    assert lines[branch.pk] == {
        Cover.BOTH: 1,
        Cover.COMMUNITY: 1,
        Cover.ASSOCIATION: 0,
        Cover.NEITHER: 3,
    }
    assert dict(page.context["sums"]) == lines[branch.pk]
    assert f"{PEOPLE}?show=neither&amp;branch={branch.pk}" in page.text
    here = str(branch.pk)
    assert names(client, show="both", branch=here) == ["安宁"]
    assert names(client, show="community") == ["白云"]
    assert names(client, show="association") == []
    assert names(client, show="neither", branch=here) == ["陈晨", "丁一", "方圆"]


def test_who_took_part_in_nothing_for_half_a_year_is_named_with_the_last_day(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    """送学 and what was elsewhere count; leave does not; a record taken back neither."""
    away, ill, absent, never, elsewhere, lapsed = (
        since_always(make_member(branch, name))
        for name in ("安宁", "白云", "陈晨", "丁一", "方圆", "高山")
    )
    fresh = make_member(branch, "何新")  # has not been here for half a year
    Affiliation.objects.filter(member=fresh).update(started_on=dt.date(2026, 9, 1))
    recent, old = dt.date(2026, 10, 15), dt.date(2026, 4, 15)
    came(ill, branch, recent, AttendanceState.HOME)
    came(away, branch, recent, AttendanceState.ONLINE)
    came(absent, branch, recent, AttendanceState.EXCUSED)
    came(absent, branch, old)
    came(elsewhere, other_branch, recent)
    came(lapsed, branch, dt.date(2026, 9, 15), activity_state=ActivityState.CANCELLED)
    client = client_for(bureau_staff)
    page = client.get(COVERAGE)
    assert page.context["gaps"]["unmet"] == 3
    assert "2026年5月22日以来没有参加过活动" in page.text
    listed = client.get(PEOPLE, {"show": "unmet"})
    found = [(member.name, member.last_met) for member in listed.context["page"]]
    assert found == [("陈晨", old), ("丁一", None), ("高山", None)]
    assert "这是请支部多关心，不是考核" in listed.text
    assert never.name in listed.text


def test_nobody_stayed_away_before_there_were_records_of_half_a_year(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, district: Area
) -> None:
    since_always(make_member(branch))
    RuleParameter.objects.filter(key="theme.first_month").update(value="2026-08")
    page = client_for(bureau_staff).get(COVERAGE)
    assert "活动记录要到2027年2月1日才够时间" in page.text
    assert names(client_for(bureau_staff), show="unmet") == []
    row = RuleParameter.objects.get(key="theme.first_month", area_code="")
    row.pk, row.area_code, row.value = None, district.code[:6], ""
    row.save()  # here records have been kept all along
    assert len(names(client_for(bureau_staff), show="unmet")) == 1


def test_what_can_be_counted_leads_to_its_people_and_what_cannot_is_only_a_note_at_the_end(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    lost = since_always(make_member(branch, community=None))
    client = client_for(bureau_staff)
    page = client.get(COVERAGE)
    assert "<h2>还要多关心的</h2>" in page.text
    first, second, note = (
        page.text.index(words) for words in ("管不上：", "对不上：", "系统还没有登记走访和谈心。")
    )
    assert first < second < note
    assert "跟不上" not in page.text[:second]
    gaps = page.context["gaps"]
    assert (gaps["unmet"], gaps["placeless"]) == (1, 1)
    assert [*client.get(gaps["placeless_page"]).context["page"]] == [lost]


def test_it_is_the_offices_own_territory(
    client_for: Signed, street_staff: User, outsider: User, sysadmin: User, secretary: User,
    branch: Branch, other_branch: Branch, other_street: Area,
) -> None:  # fmt: skip
    since_always(make_member(branch, "安宁"))
    since_always(make_member(other_branch, "白云"))
    street = client_for(street_staff)
    assert street.get(COVERAGE).context["gaps"]["unmet"] == 1
    assert names(street, show="unmet") == names(street, show="neither") == ["安宁"]
    hidden = {"show": "neither", "branch": str(other_branch.pk)}
    assert street.get(PEOPLE, hidden).status_code == 404
    assert street.get(PEOPLE, {"show": "all"}).status_code == 404
    assert names(client_for(outsider), show="neither") == []
    assert client_for(sysadmin).get(COVERAGE).status_code == 403
    assert client_for(secretary).get(PEOPLE, {"show": "unmet"}).status_code == 404


def test_the_branch_itself_is_asked_to_think_of_them(
    client_for: Signed, secretary: User, other_secretary: User, branch: Branch
) -> None:
    """On the page of this year only: what was then is no help to anybody."""
    seldom, met = (since_always(make_member(branch, name)) for name in ("安宁", "白云"))
    came(met, branch, dt.date(2026, 10, 15), AttendanceState.HOME)
    came(seldom, branch, dt.date(2026, 4, 15))
    client = client_for(secretary)
    page = client.get(reverse("activities:branch-year", args=[branch.pk, 2026]))
    named = [(member, member.last_met) for member in page.context["unmet"]]
    assert named == [(seldom, dt.date(2026, 4, 15))]
    assert "2026年5月22日以来没有参加过活动" in page.text
    card = reverse("members:card", args=[seldom.pk])
    assert f'href="{card}"' in page.text
    assert client.get(card).status_code == 200
    before = client.get(reverse("activities:branch-year", args=[branch.pk, 2025]))
    assert "请多关心的同志" not in before.text
    other = client_for(other_secretary).get(
        reverse("activities:branch-year", args=[branch.pk, 2026])
    )
    assert other.status_code == 404


@pytest.mark.parametrize("address", [COVERAGE, f"{PEOPLE}?show=unmet", f"{PEOPLE}?show=neither"])
def test_the_pages_cost_the_same_with_more_rows(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, address: str
) -> None:
    client = client_for(bureau_staff)
    numbers = []
    for place in (branch, other_branch, branch):
        since_always(make_member(place))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        numbers.append(len(captured))
    assert numbers[0] == numbers[-1] <= 12


def test_where_branches_are_many_an_area_is_asked_for(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, street: Area,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("activities.admin.coverage.SUMMED", 1)
    since_always(make_member(branch, "安宁"))
    client = client_for(bureau_staff)
    page = client.get(COVERAGE)
    assert "请在上面选一个区划" in page.text
    assert {line.pk: dict(cells)[Cover.NEITHER] for line, cells in page.context["lines"]} == {
        branch.pk: 1,
        other_branch.pk: 0,
    }
    assert names(client, show="neither") == []
    assert names(client, show="neither", area=street.code) == ["安宁"]


def test_the_table_is_the_register_whoever_asks(branch: Branch) -> None:
    make_member(branch)
    assert coverage.matrix(Member.objects.on_register())[branch.pk].total() == 1
    assert months_back(TODAY, 6) == dt.date(2026, 5, 22)
