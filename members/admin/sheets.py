"""Pages that take a small sheet, whole or not at all: checked first, written when confirmed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from branches.refusal import FileRefused, Problem
from branches.tables import rows_of
from core.access import signed_in
from core.crypto import Unreadable
from core.drafts import data_for, discard
from core.exchange import sent_file
from core.files import keep_file, plain_copy, remove_file
from core.forms import add_refusal
from core.models import StoredFile, User
from core.parameters import Parameters
from core.spreadsheets import RefusedFile, Row
from core.spreadsheets.formats import SafeXlsx
from members.actions import Look, SheetImport
from members.forms.sheets import SheetForm
from members.roster.turns import VERB as IMPORT_ROSTER
from members.sheets.people import MOST_ROWS, nobody_in
from members.sheets.preview import preview

_SHOWN = 200
_NOT_YOURS = "您的账号不办理这项工作。"


@dataclass(frozen=True)
class SheetPage:
    """What such a page says and does.

    ``shown`` are the headings of what is shown of a checked row, ``blank`` is where the blank sheet
    is to be had. ``initial`` fills the form in beforehand. ``take`` gets the user, the rows, the valid
    form and how only to look, or None to write. ``words`` are the counts worth saying, with {number}
    in each, what is written first; ``done`` is where to go when it is. ``newcomers`` says where those
    belong who are not on the register yet.
    """

    title: str
    explain: str
    columns: str
    verb: str
    form: type[SheetForm]
    take: Callable[[User, list[Row], Any, Look | None], SheetImport]
    words: Mapping[str, str]
    shown: Sequence[str]
    done: Callable[[SheetImport], str]
    newcomers: str
    blank: str = ""
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    initial: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


def show_sheet(request: HttpRequest, page: SheetPage) -> HttpResponse:
    """Draw PAGE, check what was sent, or write what was confirmed.

    Turning to another page of rows (``p``) is looking once more.
    """
    user = signed_in(request)
    if not user.has_perm(page.verb):
        raise PermissionDenied(_NOT_YOURS)
    form = page.form(
        data_for(request),
        request.FILES or None,
        user=user,
        address=request.path,
        initial=dict(page.initial),
    )
    found: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        look = _look(request, form)
        stored = form.stored or _kept(user, form)
        if stored is not None:
            done = _taken(user, page, form, stored, found, look)
            if done is not None and look is None:
                remove_file(stored)
                discard(request)
                messages.success(request, "，".join(_said(page, done.counts)) + "。")
                return redirect(page.done(done))
            if done is not None:
                number = request.POST.get("p", "")
                rows = preview(done.rows, done.notes, user=user, number=number, headings=page.shown)
                found |= {
                    "said": _said(page, done.counts),
                    "writes": done.counts[next(iter(page.words))],
                    "rows": rows,
                    "kept": form.mark_of(stored),
                }
    context = admin.site.each_context(request) | {"page": page, "title": page.title, "form": form}
    return render(request, "admin/members/sheet.html", context | found | dict(page.context))


def send_blank(
    request: HttpRequest, verb: str, make: Callable[[User], IO[bytes]], name: str
) -> HttpResponse:
    """Send the blank sheet that MAKE returns, called NAME, to who has VERB."""
    user = signed_in(request)
    if not user.has_perm(verb):
        raise PermissionDenied(_NOT_YOURS)
    return sent_file(make(user).read(), name, SafeXlsx())


def _look(request: HttpRequest, form: SheetForm) -> Look | None:
    """Return how a sheet is only looked at; None where one that waited is confirmed."""
    if form.stored is None:
        return Look.FIRST
    return Look.AGAIN if "p" in request.POST else None


def _kept(user: User, form: SheetForm) -> StoredFile | None:
    upload = form.cleaned_data["file"]
    try:
        return keep_file(by=user, name=upload.name, source=upload, keep_days=1)
    except RefusedFile as refused:
        form.add_error("file", refused.message)
        return None


def _taken(
    user: User,
    page: SheetPage,
    form: SheetForm,
    stored: StoredFile,
    found: dict[str, Any],
    look: Look | None,
) -> SheetImport | None:
    """Check or write; None when it was refused, with the faults in FOUND or in FORM."""
    try:
        with plain_copy(stored) as source:
            most = Parameters(MOST_ROWS).number(MOST_ROWS)
            rows = rows_of(source, name=stored.name, most=most)
        return page.take(user, rows, form, look)
    except (FileNotFoundError, Unreadable):
        form.add_error("file", "文件已经删除，请重新上传。")
    except FileRefused as refused:
        problems: list[Problem] = refused.problems
        shown = [(each, refused.names.get(each.row, "")) for each in problems[:_SHOWN]]
        found |= {"problems": shown, "problem_count": len(problems)}
        if nobody_in(problems):
            found["ways_in"] = _ways_in(user)
    except ValidationError as refused:
        add_refusal(form, refused)
    remove_file(stored)
    return None


def _ways_in(user: User) -> list[tuple[str, str]]:
    """Return how USER may register somebody who is not on the register yet, with the addresses."""
    ways = (
        (IMPORT_ROSTER, "导入名册", "admin:members_rosterbatch_add"),
        ("members.add_member", "新增党员", "admin:members_member_add"),
    )
    return [(words, reverse(name)) for verb, words, name in ways if user.has_perm(verb)]


def _said(page: SheetPage, counts: Mapping[str, int]) -> list[str]:
    return [
        words.format(number=f"{counts[key]:,}") for key, words in page.words.items() if counts[key]
    ]
