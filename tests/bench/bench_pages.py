"""Every page that every role can reach by links on the demonstration district: queries and bytes."""

from collections import Counter, deque
from collections.abc import Iterator

from django.utils import timezone

from branches.enums import Role
from core.models import User
from portal.demo import accounts, build, recipe
from tests.bench import visitor
from tests.bench.report import Report
from tests.bench.visitor import Seen

DATABASES = ("sqlite",)
STARTS = ("/", "/admin/")
SAME_VIEW, MOST = 6, 3_000
WORST = 5
# Leaving, and what is a file or a whole table rather than a page.
_NOT_FOLLOWED = ("/signout/", "/admin/logout/", "/admin/jsi18n/", "/export/", "/files/")


def measure(report: Report) -> None:
    """Walk through the portal as each role."""
    visitor.prepare()
    build.build(recipe.recipe("M", timezone.localdate()))
    pages: dict[Role, list[Seen]] = {}
    for login in accounts.logins():
        user = User.objects.get_by_natural_key(login.username)
        pages[login.role] = list(walk(user))
        report.note(f"{login.role.label}走到的页面", len(pages[login.role]), "页")
    seen = [page for found in pages.values() for page in found]
    good = [page for page in seen if page.status == 200]
    broken = [page for page in seen if page.status >= 400]
    _tell_worst(report, good)
    report.bar("一页最多的查询", max(page.queries for page in good), at_most=12, unit="次")
    report.bar("最大的一页（文字）", max(page.text for page in good) / 1000, at_most=60, unit="kB")
    outside = [page for page in good if not page.address.startswith("/admin/")]
    largest = max((page.size for page in outside), default=0)
    report.bar("后台以外最大的一页（连样式和脚本）", largest / 1000, at_most=60, unit="kB")
    for page in broken:
        report.note(f"断开的链接 {page.address}，在 {page.found_on}", page.status, "")
    report.bar("断开的链接", len(broken), at_most=0, unit="个")


def walk(user: User) -> Iterator[Seen]:
    """Yield the pages USER reaches, at most SAME_VIEW of one kind."""
    client = visitor.signed_in(user)
    starts = STARTS if user.has_office_post else STARTS[:1]
    waiting, known = deque((start, "") for start in starts), set(starts)
    kinds: Counter[str] = Counter()
    while waiting and kinds.total() < MOST:
        address, found_on = waiting.popleft()
        kind = visitor.view_of(address)
        kinds[kind] += 1
        if kinds[kind] > SAME_VIEW:
            continue
        page = visitor.look(client, address, found_on)
        yield page
        new = sorted(page.links - known)
        known.update(new)
        followed = (link for link in new if not any(part in link for part in _NOT_FOLLOWED))
        waiting.extend((link, address) for link in followed)


def _tell_worst(report: Report, pages: list[Seen]) -> None:
    most = {page.view: page for page in sorted(pages, key=lambda page: page.queries)}
    for page in sorted(most.values(), key=lambda page: -page.queries)[:WORST]:
        report.note(f"{page.view} {page.address}", page.queries, "次查询")
    largest = {page.view: page for page in sorted(pages, key=lambda page: page.text)}
    for page in sorted(largest.values(), key=lambda page: -page.text)[:WORST]:
        report.note(f"{page.view} {page.address}", page.text / 1000, "kB")
