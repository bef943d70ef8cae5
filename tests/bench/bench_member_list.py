"""The member list of the admin at 50,000 members against the same pages at 5,000 (speed §3)."""

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.enums import Role
from branches.models import Area, Branch
from core.models import User
from members.models import Affiliation, Member
from members.rules.derived import fill
from tests.bench.report import Report
from tests.factories.branches import make_area, make_branch, make_district, make_post
from tests.factories.members import make_id_number

FEW, MANY = 5_000, 50_000
STREETS = 10
TIMES = 15
WARM_UP = 3
# One in a hundred has each name and each given name: a search fills its page at both sizes.
_FIRST, _SECOND = "建秀志桂德玉国淑文凤", "国英强兰明梅华芬广霞"
_GIVEN = [first + second for first in _FIRST for second in _SECOND]
NAMES = ["张王李赵刘陈杨黄周吴"[number % 10] + given for number, given in enumerate(_GIVEN)]


def measure(report: Report) -> None:
    """Ask the same pages of one district at both sizes."""
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by hash
    district = make_district("测量区", "990601000000")
    branches = [make_branch(make_area(make_area(district))) for _ in range(STREETS)]
    bureau = make_post(Role.BUREAU, district).user
    people = _people(branches)
    _register(itertools.islice(people, FEW))
    pages = _pages(Area.objects.filter(level=2).order_by("pk").last())
    few = {name: _milliseconds(bureau, asked) for name, asked in pages.items()}
    _register(itertools.islice(people, MANY - FEW))
    for name, asked in pages.items():
        many = _milliseconds(bureau, asked)
        report.note(f"{name}：{FEW} 名时", few[name], unit="ms")
        report.bar(f"{name}：{MANY} 名比 {FEW} 名", many / few[name], at_most=1.3, unit="倍")
    clashes = _milliseconds(bureau, {}, "admin:member-clashes")
    report.bar(f"名册对账：{MANY} 名", clashes, at_most=800, unit="ms")
    report.bar("列表自己的查询", _list_queries(bureau), at_most=4, unit="次")


def _pages(street: Any) -> dict[str, dict[str, str]]:
    member = Member.objects.order_by("pk")[FEW // 2]
    return {
        "第一页": {},
        "按姓名找": {"q": "张建国"},
        "按名字找": {"q": "建国"},
        "按首字母找": {"q": "zjg"},
        "按完整证件号码找": {"q": member.id_number},
        "按完整电话找": {"q": member.phone},
        "找不到的姓名": {"q": "欧阳无名"},
        "按街道筛选": {"area": street.code},
        "只看有待补的": {"missing": "any"},
        "只看预备党员": {"member_kind__exact": "PROBATIONARY"},
        "只看离休干部": {"person_kind__exact": "A"},
    }


def _people(branches: list[Branch]) -> Iterator[dict[str, Any]]:
    for number in itertools.count():
        branch = branches[number % STREETS]
        born = dt.date(1940, 1, 1) + dt.timedelta(days=number % 9000)
        yield {
            "name": NAMES[number // STREETS % len(NAMES)],
            "id_number": make_id_number(born, number=number),
            "ethnicity": "" if number % 20 == 0 else "01",
            "join_date": dt.date(1980, 7, 1),
            "member_kind": "PROBATIONARY" if number % 100 == 1 else "FULL",
            "person_kind": "A" if number % 50 == 2 else "B",
            "phone": f"161{number:08d}",
            "branch": branch,
            "community": branch.area,
            "area_path": branch.area_path,
        }


def _register(people: Iterator[dict[str, Any]]) -> None:
    today = dt.date(2026, 11, 22)
    while chunk := list(itertools.islice(people, 2_000)):
        members = Member.objects.bulk_create([Member(**fill(each, today=today)) for each in chunk])
        Affiliation.objects.bulk_create(
            [Affiliation(member=each, branch=each.branch, kind="HOME") for each in members]
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _client(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def _milliseconds(
    user: User, asked: dict[str, str], page: str = "admin:members_member_changelist"
) -> float:
    """Return the processor time of one page, the database's included: others share the machine."""
    client, address = _client(user), reverse(page)
    took = []
    for number in range(WARM_UP + TIMES):
        began = _processor_seconds()
        response = client.get(address, asked)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        if number >= WARM_UP:
            took.append(_processor_seconds() - began)
    return 1000 * min(took)


def _processor_seconds() -> float:
    """Return the processor time spent so far by this process and by its PostgreSQL session."""
    spent = process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        on_processor = Path(f"/proc/{pid}/schedstat").read_text().split()[0]
        spent += int(on_processor) / 1e9
    return spent


def _list_queries(user: User) -> int:
    client, address = _client(user), reverse("admin:members_member_changelist")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    sources = ('FROM "members_member"', 'FROM "branches_area"', 'FROM "branches_branch"')
    return sum(1 for each in captured if any(name in each["sql"] for name in sources))
