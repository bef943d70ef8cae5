"""组织覆盖: where members take part besides their homes, and the three gaps 跟不上、管不上、对不上 (SYS-05)."""

from collections import Counter
from os.path import commonprefix
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from activities import coverage
from activities.enums import Cover
from branches.admin.filters import area_asked_for
from branches.models import Area, Branch
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.counting import counted
from core.models import User
from core.paging import CountedPaginator, RegisterPaginator
from members.models import Member

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

LINES = 25
PEOPLE = 50
# Branches of a large district: whom nobody met is asked member by member, of a province in seconds.
SUMMED = 500
UNMET = "unmet"
SHOWN = {UNMET: "管不上"} | {cover.value: str(cover.label) for cover in Cover}
LISTED = ("name", "birth_date", "branch__name")


class CoveragePages(_Admin):
    """Adds the coverage table, and the people behind each of its numbers, to the admin of activities."""

    def get_urls(self) -> list[Any]:
        """Return the pages' addresses before the admin's own."""
        view = self.admin_site.admin_view
        own = [
            path("coverage/", view(require_safe(self._coverage)), name="coverage"),
            path("coverage/people/", view(require_safe(self._covered)), name="coverage-people"),
        ]
        return own + super().get_urls()

    def _coverage(self, request: HttpRequest) -> HttpResponse:
        """Show the branches of an area with the four columns, and the three gaps."""
        user = _reader(request)
        area, areas = area_asked_for(request, user)
        branches = _homes(user, area)
        page = RegisterPaginator(branches.order_by("area_path", "path"), LINES).get_page(
            request.GET.get("p")
        )
        is_summed = page.paginator.count <= SUMMED
        members = _members(user, area)
        shown = list(page)
        lines = coverage.matrix(members if is_summed else members.filter(branch__in=shown))
        kept = urlencode({"area": area.code}) if area else ""
        context = {
            "title": "组织覆盖",
            "lines": [(branch, _cells(lines.get(branch.pk, Counter()))) for branch in shown],
            "sums": _cells(sum(lines.values(), Counter())) if is_summed else None,
            "covers": Cover,
            "gaps": _gaps(members, _code(area, areas), kept) if is_summed else None,
            "page": page,
            "area": area,
            "areas": areas,
            "kept": kept,
        }
        return self._show(request, "admin/activities/coverage.html", context)

    def _covered(self, request: HttpRequest) -> HttpResponse:
        """List the people behind one number: of one branch, or of all in an area."""
        user = _reader(request)
        area, areas = area_asked_for(request, user)
        show = request.GET.get("show", "")
        if show not in SHOWN:
            raise Http404("没有这一栏。")
        members, place = _members(user, area), str(area or "")
        if "branch" in request.GET:
            branch = get_visible_or_404(Branch, user, pk=request.GET["branch"])
            members, place = members.filter(branch=branch), str(branch)
        elif _homes(user, area).order_by()[: SUMMED + 1].count() > SUMMED:
            members = members.none()
        since, later = coverage.since(_code(area, areas))
        if show == UNMET:
            members = members.none() if later else coverage.unmet(members, since)
        else:
            members = coverage.covered(members, Cover(show))
        number = members.order_by().count()
        rows = coverage.with_last_met(members) if show == UNMET else members
        rows = rows.select_related("branch").only(*LISTED)
        ordered = rows.order_by("area_path", "branch__path", "name_pinyin", "pk")
        page = CountedPaginator(ordered, PEOPLE, number).get_page(request.GET.get("p"))
        context = {
            "title": f"组织覆盖：{SHOWN[show]}",
            "show": show,
            "place": place,
            "since": since,
            "page": page,
            "area": area,
            "areas": () if "branch" in request.GET else areas,
            "kept": urlencode({"area": area.code}) if area else "",
        }
        return self._show(request, "admin/activities/coverage_people.html", context)

    def _show(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        page = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, template, page)


def _reader(request: HttpRequest) -> User:
    if not request.user.has_perms(("members.view_member", "activities.view_attendance")):
        raise PermissionDenied("您的账号不看党员名册。")
    return signed_in(request)


def _homes(user: User, area: Area | None) -> Any:
    """Return the branches that members may be at home in, in AREA if it is given."""
    rows = Branch.objects.visible_to(user).current().filter(kind__settings__may_be_home=True)
    return rows if area is None else rows.within_area(area.path)


def _members(user: User, area: Area | None) -> Any:
    rows = Member.objects.visible_to(user).on_register()
    return rows if area is None else rows.within_area(area.path)


def _cells(line: Counter[Cover]) -> list[tuple[Cover, int]]:
    return [(cover, line[cover]) for cover in Cover]


def _code(area: Area | None, areas: list[Area]) -> str:
    """Return the code whose thresholds hold: of AREA, or of what holds all AREAS."""
    codes = [area.code] if area is not None else [each.code for each in areas]
    return commonprefix(codes)  # noqa: RUF071 -- codes, not file names


def _gaps(members: Any, code: str, kept: str) -> dict[str, Any]:
    """Return the numbers of 管不上 and 对不上 with their lists; 跟不上 is not counted yet."""
    since, later = coverage.since(code)
    unmet = members.none() if later else coverage.unmet(members, since)
    nowhere = members.lacking("community")
    numbers = counted(unmet, nowhere)
    rest = f"&{kept}" if kept else ""
    return {
        "unmet": numbers[0],
        "unmet_page": f"{reverse('admin:coverage-people')}?show={UNMET}{rest}",
        "since": since,
        "later": later,
        "placeless": numbers[1],
        "placeless_page": f"{reverse('admin:member-clashes')}?about=placeless{rest}",
    }
