"""双面名册 and 对账: the two truths of the register side by side, and where they clash."""

import datetime as dt
from os.path import commonprefix
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from branches.admin.filters import area_asked_for
from branches.models import Area, Branch
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.models import User
from core.paging import CountedPaginator, RegisterPaginator
from core.parameters import Parameters
from core.rules import is_key
from members import rolls
from members.enums import RollSide
from members.forms.roll import RollDayForm
from members.models import Member
from members.parameters import LinkPolicy
from members.rules.parameters import CheckParameters

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

PAGE = 50
SUMMED = 1_000  # branches of a district; the sums of a whole province take seconds
LISTED = ("name", "birth_date", "id_number", "branch__name")
PHONE_MOST = CheckParameters.keys()["phone_shared_max"]


class RollPages(_Admin):
    """Adds the report pages to the admin of members."""

    def get_urls(self) -> list[Any]:
        """Return the reports' addresses before the admin's own."""
        site = self.admin_site
        own = [
            path("rolls/", site.admin_view(require_safe(self._rolls)), name="member-rolls"),
            path("rolls/people/", site.admin_view(require_safe(self._people)), name="roll-people"),
            path("rolls/<int:pk>/", site.admin_view(require_safe(self._roll)), name="member-roll"),
            path("clashes/", site.admin_view(require_safe(self._clashes)), name="member-clashes"),
        ]
        return own + super().get_urls()

    def _rolls(self, request: HttpRequest) -> HttpResponse:
        """List the branches of an area with both figures."""
        user = self._reader(request)
        area, areas = area_asked_for(request, user)
        form = RollDayForm(request.GET)
        found = _listed(user, area, form.day)
        pages = RegisterPaginator(found.order_by("area_path", "path"), PAGE)
        page = pages.get_page(request.GET.get("p"))
        keys = [branch.pk for branch in page]
        rows = Branch.objects.visible_to(user).filter(pk__in=keys)
        counted = rolls.with_rolls(rows, form.day)
        branches = list(counted.order_by("area_path", "path"))
        context = {
            "title": "双面名册",
            "branches": branches,
            "lines": [
                (each, [(side, getattr(each, side)) for side in RollSide]) for each in branches
            ],
            "sums": rolls.sums(found, form.day) if page.paginator.count <= SUMMED else None,
            "may_export": user.has_perm("members.export_member"),
            **_asked(form, area),
            "page": page,
            "area": area,
            "areas": areas,
        }
        return self._render(request, "admin/members/rolls.html", context)

    def _people(self, request: HttpRequest) -> HttpResponse:
        """List whom one figure of the rolls counts: of one branch, or of all in an area."""
        user = self._reader(request)
        area, areas = area_asked_for(request, user)
        form = RollDayForm(request.GET)
        branches, place = _listed(user, area, form.day), str(area or "")
        if "branch" in request.GET:
            branch = get_visible_or_404(Branch, user, pk=_key(request.GET["branch"]))
            branches, place = branches.filter(pk=branch.pk), str(branch)
        asked = request.GET.get("side", "")
        side = RollSide(asked) if asked in RollSide else RollSide.AT_HOME
        # As with the sums: to put the people of a province in order takes seconds.
        is_too_wide = branches.order_by()[: SUMMED + 1].count() > SUMMED
        found = rolls.people(branches.none() if is_too_wide else branches, side, form.day)
        page = RegisterPaginator(found, PAGE).get_page(request.GET.get("p"))
        context = {
            "title": f"双面名册：{side.label}",
            "side": side,
            "place": place,
            "is_too_wide": is_too_wide,
            "page": page,
            "open": _to_open(user, [member for _, _, member, _, _ in page]),
            **_asked(form, area),
            "area": area,
            "areas": () if "branch" in request.GET else areas,
        }
        return self._render(request, "admin/members/roll_people.html", context)

    def _roll(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show both rolls of one branch."""
        user = self._reader(request)
        branch = get_visible_or_404(Branch, user, pk=pk)
        form = RollDayForm(request.GET)
        roll = rolls.two_sided(branch, user, form.day)
        listed = [line.member.pk for line in (*roll.home, *roll.guests)]
        context = {
            "title": f"双面名册：{branch}",
            "roll": roll,
            "open": _to_open(user, listed),
            **_asked(form, None),
        }
        return self._render(request, "admin/members/roll.html", context)

    def _clashes(self, request: HttpRequest) -> HttpResponse:
        """Count every way in which the registers may clash, and list one of them."""
        user = self._reader(request)
        area, areas = area_asked_for(request, user)
        members = Member.objects.visible_to(user).on_register()
        if area is not None:
            members = members.within_area(area.path)
        most = _most([area.code] if area is not None else [each.code for each in areas])
        conditions = rolls.clashes(members, most=most)
        counts = rolls.count_clashes(members, most=most)
        chosen = next(
            (each for each in rolls.QUESTIONS if each.key == request.GET.get("about")),
            rolls.QUESTIONS[0],
        )
        # Where nobody is counted there is nobody to look for.
        clashing = members.filter(conditions[chosen.key]) if counts[chosen.key] else members.none()
        listed = clashing.select_related("branch").only(*LISTED)
        ordered = listed.order_by("name_pinyin", "name", "birth_date", "pk")
        pages = CountedPaginator(ordered, PAGE, counts[chosen.key])
        context = {
            "title": "名册对账",
            "total": f"{counts['all']:,}",
            "questions": [
                (each, counts[each.key], f"{counts[each.key]:,}") for each in rolls.QUESTIONS
            ],
            "chosen": chosen,
            "page": pages.get_page(request.GET.get("p")),
            "area": area,
            "areas": areas,
        }
        return self._render(request, "admin/members/clashes.html", context)

    def _reader(self, request: HttpRequest) -> User:
        if not self.has_view_permission(request):
            raise PermissionDenied("您的账号不看党员名册。")
        return signed_in(request)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        page = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, template, page)


def _listed(user: User, area: Area | None, day: dt.date | None) -> Any:
    """Return the branches of DAY that may have members, in AREA if it is given."""
    rows = Branch.objects.visible_to(user).current(day)
    found = rows.filter(kind__settings__may_have_members=True)
    return found if area is None else found.within_area(area.path)


def _asked(form: RollDayForm, area: Area | None) -> dict[str, Any]:
    """Return what a roll was asked for, and how its links keep it."""
    kept = {"area": area.code} if area else {}
    if form.day is not None:
        kept["on"] = form.day.isoformat()
    taken_out = kept | {"on": (form.day or timezone.localdate()).isoformat()}
    return {
        "form": form,
        "day": form.day,
        "kept": urlencode(kept),
        "keep_day": f"on={kept['on']}&" if form.day else "",
        "taken_out": urlencode(taken_out),
    }


def _to_open(user: User, members: list[int]) -> set[int]:
    """Return those of MEMBERS whose record USER may open.

    Who has moved out of reach since, or comes from elsewhere, has only a name here.
    """
    rows = Member.objects.visible_to(user).filter(pk__in=members)
    return set(rows.values_list("pk", flat=True))


def _key(typed: str) -> int:
    """Return the key of a row in an address. Http404: it is none."""
    if not is_key(typed):
        raise Http404("没有这一行。")
    return int(typed)


def _most(codes: list[str]) -> rolls.Most:
    """Return the thresholds: for telephones those of the area of CODES, or of what holds them all."""
    code = commonprefix(codes)  # noqa: RUF071 -- codes, not file names
    limits = Parameters(PHONE_MOST, LinkPolicy.MOST)
    phone = limits.number(PHONE_MOST, area_code=code)
    return rolls.Most(phone=phone, links=LinkPolicy(limits))
