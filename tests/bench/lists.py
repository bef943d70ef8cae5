"""The member list of a province: what people ask it, and what it may cost (speed §3)."""

from typing import Any

from django.db import connection
from django.db.models import Count, F, Value
from django.db.models.functions import Abs, Length, Substr
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.enums import AreaLevel
from branches.models import Area
from core.paging import COUNT_LIMIT
from members.models import Member

ADDRESS = "admin:members_member_changelist"
PAGE = 50
LAST = "最后一页"
MOST = "最常见的"
Asked = dict[str, str]
# How many a search finds at both sizes, so that both pages show as much: text and hits.
_SEARCHES = {
    "按两字姓名找": ("name", 2, 10),
    "按三字姓名找": ("name", 3, 4),
    "按首字母找": ("name_initials", 3, 4),
}


def pages() -> dict[str, Asked]:
    """Return what is asked of the list, by its name."""
    register = Member.objects.on_register()
    return {
        "第一页": {},
        LAST: last(register.count()),
        **{what: {"q": _text(*each)} for what, each in _SEARCHES.items()},
        **{f"{MOST}，{what}": {"q": _text(*each[:2])} for what, each in _SEARCHES.items()},
        "按完整证件号码找": {"q": register.order_by("pk")[PAGE].id_number},
        "找不到的姓名": {"q": "欧阳无名"},
        "按区县筛选": {"area": _district().code},
        "按街道筛选": {"area": _street()},
        "两个条件": {"missing": "any", "person_kind__exact": "B"},
    }


def last(members: int) -> Asked:
    """Return the last page of the list of so many MEMBERS; of a long one the page after those counted."""
    counted = -(-min(members, COUNT_LIMIT) // PAGE)
    return {"p": str(counted + (members > COUNT_LIMIT))}


def own_queries(user_client: Client, asked: Asked) -> int:
    """Return how many queries of a page ask the register, areas or branches."""
    with CaptureQueriesContext(connection) as captured:
        user_client.get(reverse(ADDRESS), asked)
    sources = ('FROM "members_member"', 'FROM "branches_area"', 'FROM "branches_branch"')
    return sum(1 for each in captured if any(name in each["sql"] for name in sources))


def _text(column: str, letters: int, hits: int | None = None) -> str:
    """Return with which LETTERS as many as HITS begin in COLUMN; without, the most."""
    begins = Substr(column, 1, letters)
    rows: Any = Member.objects.annotate(begins=begins, size=Length(begins)).filter(size=letters)
    found = rows.order_by().values("begins").annotate(number=Count("pk"))
    if hits is None:
        order: Any = "-number"
    else:
        order = Abs(F("number") - Value(hits))
    return str(found.order_by(order, "begins")[0]["begins"])


def _district() -> Area:
    """Return the first district, which both sizes have."""
    return Area.objects.filter(level=AreaLevel.DISTRICT).order_by("path")[0]


def _street() -> str:
    """Return the code of a street of the first district: the one with most members."""
    streets = Area.objects.within(_district().path).filter(level=AreaLevel.STREET)
    return max(streets, key=lambda area: Member.objects.within_area(area.path).count()).code
