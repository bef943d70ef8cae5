"""A whole province: built, summed, looked at, and its branch page under load (speed §4, §6, §7)."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities import sums
from activities.models import Activity, Attendance
from activities.rules.period import Period
from branches.enums import AreaLevel, Role
from branches.models import Area, Branch
from core.models import User
from members.models import Affiliation, Member
from portal.demo import accounts, province, removal
from tests.bench import lists, load, visitor
from tests.bench.clock import Took, least
from tests.bench.report import Report
from tests.harness import aside

FEW = 5_000
MANY = {"postgresql": 530_000, "sqlite": 50_000}
TIMES, LIST_TIMES, ROUNDS = 5, 15, 3
LIKE, LAST_LIKE = 1.3, 3  # times the same page of the list at FEW; its last page
ATTENDANCES, BRANCHES = 3_000_000, 5_000  # of a whole province
CLIENTS = 16
SECONDS = float(os.environ.get("BENCH_LOAD_SECONDS", "60"))
SOME, OWN = 0.2, 0.3  # seconds of a page; of the front page of the whole province
DISTRICT = {"postgresql": 20_000, "sqlite": 5_000}
ATTENDED = """
    SELECT a.branch_id, COUNT(DISTINCT a.id), COUNT(*) FILTER (WHERE t.is_due),
        COUNT(*) FILTER (WHERE t.is_due AND t.state <> 'EXCUSED'),
        COUNT(*) FILTER (WHERE t.is_due AND t.state IN ('PRESENT', 'ONLINE', 'HOME')),
        COUNT(*) FILTER (WHERE NOT t.is_due AND t.state IN ('PRESENT', 'ONLINE', 'HOME'))
    FROM activities_attendance t JOIN activities_activity a ON a.id = t.activity_id
        JOIN branches_branch b ON b.id = a.branch_id
    WHERE b.area_path >= %s AND b.area_path < %s AND a.kind_id = 'activity.theme_day'
        AND a.state IN ('RECORDED', 'ARCHIVED') AND a.period >= %s AND a.period <= %s
    GROUP BY a.branch_id
"""
AT_HOME = """
    SELECT branch_id, COUNT(*) FROM members_member
    WHERE area_path >= %s AND area_path < %s AND deceased_on IS NULL
        AND branch_id IS NOT NULL GROUP BY branch_id
"""


class Page(NamedTuple):
    """One page at one size: least seconds and queries."""

    took: Took
    queries: int


def measure(report: Report) -> None:
    """Build a district of 5,000 and keep it aside; then a province, and look at the pages of both."""
    visitor.prepare()
    _build(report, FEW)
    few = aside.keep()
    with report.timed(f"删除 {FEW:,} 名"):
        removal.remove()
    _build(report, MANY[connection.vendor])
    _measure_size(report)
    _measure_pages(report, few)
    _measure_lists(report, few)
    _measure_sums(report)
    _measure_load(report)


def _build(report: Report, members: int) -> None:
    """Build a province of so many MEMBERS."""
    start = perf_counter()
    built = province.build(members, timezone.localdate(), province.DIVISIONS, lambda _: None)
    report.note(f"装入 {built.members:,} 名、{built.branches:,} 个党组织", perf_counter() - start)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _measure_size(report: Report) -> None:
    """Hold the province to what it should hold."""
    share = Member.objects.count() / province.WHOLE
    homes = Member.objects.order_by().values("branch").distinct().count()
    report.bar("有党员的支部", homes, at_least=BRANCHES * share, unit="个")
    marks = Attendance.objects.count()
    report.bar("到会记录", marks, at_least=ATTENDANCES * share, unit="条")
    linked = Affiliation.objects.exclude(kind="HOME").count()
    report.note("有活动组织的", 100 * linked / Member.objects.count(), "%")


def _measure_pages(report: Report, few: aside.Database) -> None:
    with aside.using(few):
        queries = {name: _look(*page).queries for name, page in _pages().items()}
    for name, address in _pages().items():
        page = _look(*address)
        _hold(report, name, page.took, OWN if name.startswith("工作台") else SOME)
        report.bar(f"{name}：比 {FEW:,} 名时多的查询", page.queries - queries[name], at_most=0)
        report.bar(f"{name}：查询", page.queries, at_most=12, unit="次")


def _measure_lists(report: Report, few: aside.Database) -> None:
    """Look at each page of the list at both sizes, one right after the other."""
    with aside.using(few):
        smaller = _lists()
    for name, page in _lists().items():
        if lists.MOST in name:  # these show more at a province's size
            _hold(report, name, _look(*page, LIST_TIMES).took, SOME)
            continue
        took, of_few = _by_turns(page, smaller[name], few)
        _hold(report, name, took, SOME)
        most = LAST_LIKE if lists.LAST in name else LIKE
        report.bar(f"{name}：比 {FEW:,} 名", took.processor / of_few.processor, at_most=most)
    for who, user in _readers().items():
        asked = lists.own_queries(visitor.signed_in(user), {})
        report.bar(f"党员名册（{who}）：列表自己的查询", asked, at_most=4, unit="次")


def _by_turns(
    page: tuple[User, str], smaller: tuple[User, str], few: aside.Database
) -> tuple[Took, Took]:
    """Return the least of PAGE and of SMALLER among FEW: what slows the machine a while slows both."""
    took, of_few = [], []
    for _ in range(ROUNDS):
        took.append(_look(*page, LIST_TIMES).took)
        with aside.using(few):
            of_few.append(_look(*smaller, LIST_TIMES).took)
    return min(took), min(of_few)


def _hold(report: Report, what: str, took: Took, most: float) -> None:
    """Hold WHAT against MOST seconds: of the processors, and on the wall."""
    report.bar(what, took.processor, at_most=most, unit="s")
    report.bar(f"{what}：钟表上", took.wall, at_most=most, unit="s")


def _users() -> dict[Role, User]:
    return {one.role: User.objects.get_by_natural_key(one.username) for one in accounts.logins()}


def _pages() -> dict[str, tuple[User, str]]:
    users = _users()
    bureau, secretary, member = (users[r] for r in (Role.BUREAU, Role.SECRETARY, Role.MEMBER))
    month = Period.of(timezone.localdate())
    year = month.year
    boss = _boss()
    branch = {"pk": _home(secretary).pk}
    record = Member.objects.get(user=member).pk
    grid = reverse("admin:year-grid", args=[year])
    return {
        "工作台（局，各区县的职务）": (bureau, reverse("admin:index")),
        "工作台（系统管理）": (boss, reverse("admin:index")),
        "十二月网格": (bureau, grid),
        "十二月网格，缺上月的": (bureau, f"{grid}?without={month.previous}"),
        "活动列表": (bureau, reverse("admin:activities_activity_changelist")),
        "党组织列表": (bureau, reverse("admin:branches_branch_changelist")),
        "党员档案": (bureau, reverse("admin:members_member_change", args=[record])),
        "支部首页": (secretary, reverse("activities:branch-home", kwargs=branch)),
        "支部全年": (secretary, reverse("activities:branch-year", kwargs=branch | {"year": year})),
        "党员首页": (member, reverse("activities:me")),
        "我的记录": (member, reverse("activities:my-record")),
    }


def _boss() -> User:
    boss, _ = User.objects.get_or_create(username="boss", is_superuser=True)
    return boss


def _readers() -> dict[str, User]:
    return {"局，各区县的职务": _users()[Role.BUREAU], "系统管理": _boss()}


def _lists() -> dict[str, tuple[User, str]]:
    asked = lists.pages()
    return {
        f"党员名册（{who}），{what}": (user, f"{reverse(lists.ADDRESS)}?{urlencode(each)}")
        for who, user in _readers().items()
        for what, each in asked.items()
    }


def _home(user: User) -> Branch:
    return Branch.objects.get(appointments__user=user, appointments__role=Role.SECRETARY)


def _look(user: User, address: str, times: int = TIMES) -> Page:
    client = visitor.signed_in(user)

    def get() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    took = least(get, times=times, warm_up=2)
    with CaptureQueriesContext(connection) as asked:
        get()
    return Page(took, len(asked))


# --- sums ------------------------------------------------------------------------------------


def _measure_sums(report: Report) -> None:
    """Sum the branches of the largest district, kept and bare; and prove every kept sum."""
    district, people = _largest_district()
    report.note("最大的区县", people, "名")
    report.bar("它够大", people, at_least=DISTRICT[connection.vendor], unit="名")
    bureau, year = _users()[Role.BUREAU], timezone.localdate().year
    held = Activity.objects.visible_to(bureau).theme_days().held().in_year(year)
    within = (district.path, district.path[:-1] + chr(ord(district.path[-1]) + 1))
    came = held.within_area(district.path)
    living = Member.objects.visible_to(bureau).on_register().within_area(district.path)
    at_home = living.order_by().values_list("branch").annotate(number=Count("pk"))
    _compare(
        report,
        "到会合计，区内每个支部",
        lambda: sums.by(came, "branch"),
        lambda: {
            pk: (count, sums.Sums(*each))
            for pk, count, *each in _ask(ATTENDED, *within, f"{year}-01", f"{year}-12")
        },
    )
    _compare(
        report,
        "人数，区内每个支部",
        lambda: dict(at_home.all()),
        lambda: dict(_ask(AT_HOME, *within)),
    )
    months = least(lambda: sums.by(held, "period"), times=TIMES)
    _hold(report, "全省各月到会合计", months, SOME)
    start = perf_counter()
    report.bar("和到会记录不一致的合计", len(sums.differing()), at_most=0, unit="项")
    report.note("全部核对一遍", perf_counter() - start)


def _compare(
    report: Report,
    what: str,
    ours: Callable[[], dict[Any, Any]],
    bare: Callable[[], dict[Any, Any]],
) -> None:
    found, plain = least(ours, times=TIMES), least(bare, times=TIMES)
    _hold(report, what, found, SOME)
    report.bar(f"{what}：比裸 SQL", found.processor / plain.processor, at_most=2)
    wrong = set(ours().items()) ^ set(bare().items())
    report.bar(f"{what}：不相等的支部", len(wrong), at_most=0, unit="个")


def _largest_district() -> tuple[Area, int]:
    counted = [
        (Member.objects.within_area(each.path).count(), each)
        for each in Area.objects.filter(level=AreaLevel.DISTRICT)
    ]
    people, district = max(counted, key=lambda pair: pair[0])
    return district, people


def _ask(sql: str, *values: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# --- load ------------------------------------------------------------------------------------


def _measure_load(report: Report) -> None:
    """Ask the branch page as often as it goes, and a bare view with the same questions."""
    secretary = _users()[Role.SECRETARY]
    pk = _home(secretary).pk
    address = reverse("activities:branch-home", kwargs={"pk": pk})
    client = visitor.signed_in(secretary)
    client.get(address)
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={_session(client)}"}
    with tempfile.TemporaryDirectory() as name:
        with load.server("portal.wsgi:application", Path(name)) as port:
            ours = _press(port, address, cookie)
        with load.server("tests.bench.bare:application", Path(name)) as port:
            bare = _press(port, f"/{pk}/", {})
    report.note(f"支部首页，{CLIENTS} 人同时 {SECONDS:g} 秒，每秒", ours.per_second, "页")
    report.note("只问同样五件事的空视图，每秒", bare.per_second, "页")
    report.bar("支部首页比空视图", ours.per_second / bare.per_second, at_least=0.6)
    report.bar("没有答好的请求", ours.errors + bare.errors, at_most=0, unit="次")


def _press(port: int, path: str, headers: dict[str, str]) -> load.Load:
    load.press(port, path, headers, clients=CLIENTS, seconds=min(2, SECONDS))  # warm up
    return load.press(port, path, headers, clients=CLIENTS, seconds=SECONDS)


def _session(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value
