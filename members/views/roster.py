"""The roster of one branch for its secretary: who belongs here, who comes, what is missing."""

from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.display import Mark, masked
from core.templatetags.elder import full_age
from members import rolls
from members.enums import MemberKind
from members.rules.missing import labels
from members.views.adding import home_fault

PAGE = 80  # lines that stay well under 60 kB
FIND_FROM = 12  # more lines than fit a screen: a field finds a name
VIEWS = {"": "在册", "guests": "来参加活动", "missing": "待补资料"}


@dataclass(frozen=True)
class Row:
    """One line of the roster as it is shown."""

    name: str
    url: str
    group: str
    sub: str
    mark: Mark | None = None


@permission_required("members.view_member", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the members at home by Party group, those who come from elsewhere, or what is missing.

    A name to find is sent by POST: it stays out of the address and of every log.
    """
    user = signed_in(request)
    branch = get_editable_or_404(Branch.objects.select_related("kind"), user, pk=pk)
    roll = rolls.two_sided(branch, user)
    lacking = [line for line in roll.home if line.member.missing_fields]
    shown = request.GET.get("show", "")
    shown = shown if shown in VIEWS else ""
    lines = {"": roll.home, "guests": roll.guests, "missing": lacking}
    wanted = request.POST.get("find", "").strip()[:20]
    draw = {"": _home_row, "guests": _guest_row, "missing": _missing_row}[shown]
    rows = [draw(line) for line in lines[shown] if _is_wanted(line, wanted)]
    address = reverse("members:roster", args=[branch.pk])
    context = {
        "branch": branch,
        "roll": roll,
        "shown": shown,
        "wanted": wanted,
        "can_find": len(lines[shown]) > FIND_FROM,
        "has_groups": shown == "" and any(row.group for row in rows),
        "takes_in": user.has_perm("members.add_member") and not home_fault(branch),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("p")),
        "tabs": [
            {
                "word": f"{word} {len(lines[key])}",
                "url": f"{address}?show={key}" if key else address,
                "current": key == shown,
            }
            for key, word in VIEWS.items()
        ],
    }
    return render(request, "members/roster.html", context)


def _is_wanted(line: rolls.Line, wanted: str) -> bool:
    """Whether WANTED is in the name, or begins its pinyin or its initials; nothing wants all."""
    sounds = wanted.lower().replace(" ", "")
    member = line.member
    return (
        wanted in member.name
        or member.name_pinyin.replace(" ", "").startswith(sounds)
        or (member.name_initials.startswith(sounds))
    )


def _home_row(line: rolls.Line) -> Row:
    member = line.member
    kind = Mark("预备党员", "plan") if member.member_kind == MemberKind.PROBATIONARY else None
    return Row(
        name=member.name,
        url=reverse("members:card", args=[member.pk]),
        group=str(member.group or ""),
        sub=_about(line),
        mark=kind,
    )


def _guest_row(line: rolls.Line) -> Row:
    home = line.member.branch
    kinds = "、".join(tie.get_kind_display() for tie in line.ties)
    return Row(
        name=line.member.name,
        url=reverse("members:card", args=[line.member.pk]),
        group="",
        sub=f"关系在{home.label if home else '别处'}，{kinds}活动",
    )


def _missing_row(line: rolls.Line) -> Row:
    return Row(
        name=line.member.name,
        url=reverse("members:edit", args=[line.member.pk]),
        group="",
        sub="缺" + "、".join(labels(line.member.missing_fields)),
        mark=Mark("待补", "due"),
    )


def _about(line: rolls.Line) -> str:
    member = line.member
    places = "、".join(tie.branch.label for tie in line.ties)
    parts = (
        member.get_gender_display(),
        full_age(member.birth_date),
        masked(member.phone, "phone"),
        f"另在{places}" if places else "",
    )
    return "，".join(filter(None, parts))
