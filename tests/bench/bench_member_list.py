"""The member list of the admin at the size of a province against the same pages at 5,000 (speed §3)."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from branches.enums import Role
from branches.models import Area, Branch
from core.models import User
from members.models import Affiliation, Member
from members.parameters import check_parameters
from members.rules.derived import fill
from portal.demo import loading
from tests.bench import lists
from tests.bench.clock import least
from tests.bench.report import Report
from tests.factories.branches import make_area, make_branch, make_district, make_post
from tests.factories.members import make_id_number
from tests.harness import aside

FEW = 5_000
MANY = {"postgresql": 530_000, "sqlite": 50_000}
STREETS = 10
TIMES = 15
WARM_UP = 3
# The interpreter rewrites code that runs once a page for the kinds of values it meets, and has done
# so after some 25 pages: until then a page costs half as much again, whatever the size of its list.
SETTLED = 40
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
    few, few_asked = aside.keep(), dict(pages)
    size = MANY[connection.vendor]
    _register(itertools.islice(people, size - FEW))
    pages[lists.LAST] = lists.last(size)
    _milliseconds(bureau, {}, times=SETTLED)
    for name, asked in pages.items():
        many = _milliseconds(bureau, asked)
        with aside.using(few):
            least_of_few = _milliseconds(bureau, few_asked[name])
        report.note(f"{name}：{FEW:,} 名时", least_of_few, unit="ms")
        most = 3 if name == lists.LAST else 1.3
        report.bar(
            f"{name}：{size:,} 名比 {FEW:,} 名", many / least_of_few, at_most=most, unit="倍"
        )
    clashes = _milliseconds(bureau, {}, "admin:member-clashes", times=3)
    report.bar(f"名册对账：{size:,} 名", clashes, at_most=800 * max(1, size / 50_000), unit="ms")
    report.bar("列表自己的查询", lists.own_queries(_client(bureau), {}), at_most=4, unit="次")


def _pages(street: Any) -> dict[str, dict[str, str]]:
    member = Member.objects.order_by("pk")[FEW // 2]
    return {
        "第一页": {},
        lists.LAST: lists.last(FEW),
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
        "有待补的离休干部": {"missing": "any", "person_kind__exact": "A"},
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
            "full_date": dt.date(1981, 7, 1),
            "retire_date": dt.date(2005, 7, 1),
            "former_unit": "县第一中学",
            "address": "槐荫里3号楼",
            "member_kind": "PROBATIONARY" if number % 100 == 1 else "FULL",
            "person_kind": "A" if number % 50 == 2 else "B",
            "phone": f"161{number:08d}",
            "branch_id": branch.pk,
            "community_id": branch.area_id,
            "area_path": branch.area_path,
        }


def _register(people: Iterator[dict[str, Any]]) -> None:
    today, thresholds = dt.date(2026, 11, 22), check_parameters()
    while chunk := list(itertools.islice(people, 2_000)):
        with transaction.atomic():
            keys = loading.write(
                Member, [fill(each, today=today, parameters=thresholds) for each in chunk]
            )
            homes = zip(keys, chunk, strict=True)
            loading.write(
                Affiliation,
                [
                    {"member_id": key, "branch_id": each["branch_id"], "kind": "HOME"}
                    for key, each in homes
                ],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _client(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def _milliseconds(
    user: User,
    asked: dict[str, str],
    page: str = lists.ADDRESS,
    times: int = TIMES,
) -> float:
    """Return the processor time of one page, the database's included: others share the machine."""
    client, address = _client(user), reverse(page)

    def get() -> None:
        response = client.get(address, asked)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    return 1000 * least(get, times=times, warm_up=WARM_UP).processor
