"""Rows behind the pages of party life, made for the month in which the test runs."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from activities.actions.cancel import cancel_plan
from activities.actions.excuse import excuse_member
from activities.actions.photo import add_photos
from activities.actions.sheet import print_sheet
from activities.actions.theme_day import plan_activity
from activities.models import Activity, Photo
from activities.rules.attendance import ELSEWHERE
from activities.rules.period import Period
from branches.models import Branch
from core.models import User
from core.pictures import read_picture
from members.models import Member
from tests.factories.activities import fix_theme_day, make_campaign, make_link, make_roster, record
from tests.factories.members import make_member

Request = pytest.FixtureRequest
PHOTO = Path(__file__).resolve().parents[2] / "docs" / "images" / "member_home.png"


def this_month() -> Period:
    """Return the month in which the test runs."""
    return Period.of(timezone.localdate())


def a_branch(request: Request) -> dict[str, Any]:
    """B1 with fourteen members, one of them frail, one with a long name, two of one name, and a guest.

    The last months are on record.
    """
    branch: Branch = request.getfixturevalue("branch")
    roster = make_roster(branch, 12)
    births = (dt.date(1948, 5, 3), dt.date(1952, 8, 1))
    roster += [make_member(branch, "欧阳志远", birth_date=born) for born in births]
    Member.objects.filter(pk=roster[4].pk).update(needs_home_study=True)
    Member.objects.filter(pk=roster[8].pk).update(name="阿卜杜热合曼·买买提吐尔逊")
    make_link(make_member(request.getfixturevalue("other_branch"), "欧阳淑珍"), branch)
    office: User = request.getfixturevalue("street_staff")
    month = this_month()
    for _ in range(2):
        month = month.previous
        record(office, branch, roster, period=str(month), topic="学习党的二十届四中全会精神")
    return {"pk": branch.pk}


def a_month(request: Request) -> dict[str, Any]:
    """The current month of B1, not on record yet."""
    return a_branch(request) | {"month": this_month()}


def a_campaign_month(request: Request) -> dict[str, Any]:
    """The current month of B1, in which a campaign runs."""
    place = a_month(request)
    bureau, area = request.getfixturevalue("bureau_staff"), request.getfixturevalue("district")
    first, last = this_month().first, this_month().last
    make_campaign(bureau, area, starts_on=first, ends_on=last)
    return place


def a_large_month(request: Request) -> dict[str, Any]:
    """The current month of a branch of 63, the largest that one page must still carry."""
    branch: Branch = request.getfixturevalue("branch")
    for number in range(63):
        make_member(
            branch, f"欧阳{'明德秀英建国文淑'[number % 8]}{'华卫红玲志强珍平'[number // 8]}"
        )
    return {"pk": branch.pk, "month": this_month()}


def a_day_to_come(request: Request) -> dict[str, Any]:
    """B1, whose theme day is today: leave from it can still be put in."""
    place = a_branch(request)
    plan_activity(
        by=request.getfixturevalue("secretary"),
        branch=request.getfixturevalue("branch"),
        period=str(this_month()),
        date=timezone.localdate(),
    )
    return place


def a_plan(request: Request) -> dict[str, Any]:
    """The next month of B1, announced."""
    place = a_branch(request) | {"month": this_month().next}
    plan_activity(
        by=request.getfixturevalue("secretary"),
        branch=request.getfixturevalue("branch"),
        period=str(place["month"]),
        date=place["month"].first,
        starts_at=dt.time(9),
        topic="学习《党章》",
        place="社区活动室",
    )
    return place


def a_plan_with_leave(request: Request) -> dict[str, Any]:
    """The same, with leave put in for one of the branch."""
    place = a_plan(request)
    person = Member.objects.filter(branch=place["pk"]).earliest("pk")
    by = request.getfixturevalue("secretary")
    excuse_member(by=by, member=person, period=str(place["month"]), reason="去医院")
    return place


def a_cancelled_plan(request: Request) -> dict[str, Any]:
    """The next month of B1, announced and taken back."""
    place = a_plan(request)
    by, branch = request.getfixturevalue("secretary"), request.getfixturevalue("branch")
    cancel_plan(by=by, branch=branch, period=str(place["month"]), reason="活动室在修")
    return place


def a_cancelled_day(request: Request) -> dict[str, Any]:
    """B1, whose theme day was to be today and was taken back."""
    place = a_day_to_come(request)
    by, branch = request.getfixturevalue("secretary"), request.getfixturevalue("branch")
    cancel_plan(by=by, branch=branch, period=str(this_month()))
    return place


def a_record(request: Request) -> dict[str, Any]:
    """The current month of B1 on record, with somebody in every state."""
    place = a_month(request)
    branch = request.getfixturevalue("branch")
    people = list(Member.objects.filter(branch=branch).order_by("pk"))
    guests = list(Member.objects.filter(name="欧阳淑珍"))
    record(
        request.getfixturevalue("secretary"),
        branch,
        people[4:] + guests,
        day=this_month().first,
        period=str(this_month()),
        online=people[:1],
        home=people[1:2],
        excused=people[2:3],
        absent=people[3:4],
        host="陆德贤",
        agenda="重温入党誓词\n学习全会精神\n通报下个月的安排，说一说走访老同志的分工",
        cost=Decimal("1280.50"),
        minutes="重温入党誓词。\n大家谈了学习体会，定了下个月去看望两位行动不便的老同志。",
    )
    return place


def an_absence(request: Request) -> dict[str, Any]:
    """The current month of B1, in which only one of its own went to another branch's theme day."""
    away = make_member(request.getfixturevalue("branch"), "欧阳志远")
    host = request.getfixturevalue("other_branch")
    make_link(away, host)
    day, month = this_month().first, str(this_month())
    hosts = list(Member.objects.filter(branch=host))
    by = request.getfixturevalue("other_secretary")
    record(by, host, [away], day=day, period=month, absent=hosts)
    return {"pk": away.branch_id, "month": this_month()}


def a_namesake_away(request: Request) -> dict[str, Any]:
    """The current month of B1 on record, with one of two of a name excused for another branch's day."""
    place = a_month(request)
    branch, host = request.getfixturevalue("branch"), request.getfixturevalue("other_branch")
    people = list(Member.objects.filter(branch=branch).order_by("pk"))
    day, month = this_month().first, str(this_month())
    make_link(people[-1], host)
    by, host_by = request.getfixturevalue("secretary"), request.getfixturevalue("other_secretary")
    hosts = list(Member.objects.filter(branch=host))
    record(host_by, host, people[-1:], day=day, period=month, absent=hosts)
    activity = record(by, branch, people[:-1], day=day, period=month, excused=people[-1:])
    activity.attendances.filter(member=people[-1]).update(reason=ELSEWHERE)
    return place


def keep_photo(by: User, activity: Activity) -> Photo:
    """Put a photo to ACTIVITY."""
    picture = read_picture(BytesIO(PHOTO.read_bytes()))
    return add_photos(by=by, activity=activity, pictures=[picture])[0]


def a_photo(request: Request) -> dict[str, Any]:
    """The current month of B1 on record with a photo."""
    place = a_record(request)
    activity = Activity.objects.get(branch=place["pk"], period=str(place["month"]))
    return place | {"photo": keep_photo(request.getfixturevalue("secretary"), activity).pk}


def a_record_with_photo(request: Request) -> dict[str, Any]:
    """That month itself."""
    place = a_photo(request)
    return {"pk": place["pk"], "month": place["month"]}


def my_photos(request: Request) -> dict[str, Any]:
    """A record of a member's own branch with a photo."""
    a_life(request)
    activity = Activity.objects.held().latest("date")
    keep_photo(request.getfixturevalue("street_staff"), activity)
    return {"pk": activity.pk}


def a_place(request: Request) -> dict[str, Any]:
    """B1 after its month is on record."""
    return {"pk": a_record(request)["pk"]}


def a_year(request: Request) -> dict[str, Any]:
    """The current year of B1."""
    return a_branch(request) | {"year": this_month().year}


def a_sheet(request: Request) -> dict[str, Any]:
    """The current month of B1 with a printed sheet."""
    place = a_month(request)
    print_sheet(
        by=request.getfixturevalue("secretary"),
        branch=request.getfixturevalue("branch"),
        period=str(place["month"]),
    )
    return place


def one_sheet(request: Request) -> dict[str, Any]:
    """That sheet itself."""
    return a_sheet(request) | {"serial": 1}


def a_life(request: Request) -> dict[str, Any]:
    """A member with a year behind him and a fixed day before him."""
    branch: Branch = request.getfixturevalue("branch")
    person = request.getfixturevalue("member").member
    fix_theme_day(branch, 28)
    office = request.getfixturevalue("street_staff")
    month = this_month()
    for state in ("present", "excused", "home", "absent", "online"):
        month = month.previous
        marks: dict[str, Any] = {} if state == "present" else {state: [person]}
        present = [person] if state == "present" else []
        record(office, branch, present, period=str(month), **marks)
    return {}


def next_leave(request: Request) -> dict[str, Any]:
    """The month from whose theme day he may ask leave."""
    a_life(request)
    return {"month": this_month().next}


def given_leave(request: Request) -> dict[str, Any]:
    """The same, with leave asked."""
    place = next_leave(request)
    user = request.getfixturevalue("member")
    person = Member.objects.get(user=user)  # with the branch as it now is
    excuse_member(by=user, member=person, period=str(place["month"]), reason="去医院")
    return place


def my_month(request: Request) -> dict[str, Any]:
    """A month of his calendar."""
    a_life(request)
    return {"month": this_month().next}


def my_year(request: Request) -> dict[str, Any]:
    """A year of his record."""
    a_life(request)
    return {"year": this_month().previous.year}


def two_posts(request: Request) -> dict[str, Any]:
    """A secretary who is a member too."""
    branch = request.getfixturevalue("branch")
    make_member(branch, "陆德贤", user=request.getfixturevalue("secretary"))
    return {}
