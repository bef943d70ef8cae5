"""What the page of a checked or written roster shows, and where on it one is."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, QueryDict

from core.models import StoredFile, User
from members.actions.roster_rows import Answer
from members.enums import RosterState
from members.forms.roster import BranchesForm
from members.forms.roster_confirm import ConfirmForm
from members.models import RosterBatch
from members.roster import paper, preview, workbook
from members.roster.answering import Questions, read_answers
from members.roster.carried import carried_words
from members.roster.decisions import has_nothing_to_write
from members.roster.remembered import remembered_words
from members.roster.reporting import summarise
from members.roster.strangers import strangers_of


def place_of(request: HttpRequest) -> str:
    """Return the query and the mark of where the pressed button leads on a batch's page."""
    place = {key: request.GET[key] for key in ("tab", "kind", "p") if key in request.GET}
    place |= paper.typed(request.POST)
    mark = "paper" if "compare" in request.POST else "rows"
    return f"?{urlencode(place)}#{mark}"


def file_to_repeat(batch: RosterBatch, user: User) -> StoredFile | None:
    """Return the file of the written BATCH that USER can have checked once more: his, and kept."""
    is_his = batch.state == RosterState.DONE and batch.by_id == user.pk
    return batch.file if is_his and batch.file is not None and not batch.file.is_over else None


def branches_form(
    batch: RosterBatch, user: User, kept: QueryDict | None = None
) -> BranchesForm | None:
    """Return the questions about unknown branches while they may be answered, with what was KEPT."""
    if batch.state != RosterState.READY or not batch.strangers:
        return None
    is_same = kept is not None and kept.get("check") == str(batch.check_run_id)
    typed = kept.dict() if kept and is_same else {}
    return BranchesForm(strangers=strangers_of(batch, user), user=user, initial=typed)


def preview_of(
    request: HttpRequest,
    batch: RosterBatch,
    user: User,
    form: Form | None,
    answers: Sequence[Answer],
    kept: QueryDict | None,
) -> dict[str, Any]:
    """Return what the page of a checked or written BATCH shows.

    FORM and ANSWERS were refused; KEPT is what was typed before the session ended.
    """
    kept = kept or QueryDict()
    is_done = batch.state != RosterState.READY
    is_idle = not is_done and has_nothing_to_write(batch)
    shown = form if isinstance(form, ConfirmForm) else None
    if shown is None and not is_done and not is_idle:
        shown = ConfirmForm(batch=batch, initial=ConfirmForm.typed(kept))
    summary = shown.summary if shown else summarise(batch)
    return _rows(request, batch, user, answers or read_answers(kept), kept) | {
        "summary": summary,
        "asides": [
            *workbook.hidden_words(batch),
            *(preview.left_words(batch) if is_done else carried_words(batch)),
        ],
        "remembered": remembered_words(batch),
        "is_idle": is_idle,
        "form": shown,
        "is_done": is_done,
        "repeats": file_to_repeat(batch, user) is not None,
        "paper": paper.groups(batch, request.POST or kept or request.GET),
        "astray": paper.astray(batch),
        "obstacles": preview.obstacles(batch, user=user),
    }


def _rows(
    request: HttpRequest,
    batch: RosterBatch,
    user: User,
    answers: Sequence[Answer],
    kept: QueryDict,
) -> dict[str, Any]:
    """Return the tabs of rows and a page of the chosen one, with what is asked about them."""
    is_gone = batch.file_id is None  # with the file go the rows (roster.sweeping)
    tabs = [] if is_gone else preview.tabs(batch)
    # Of a refused or kept page its own.
    where = next((said for said in (request.POST, kept) if "tab" in said), request.GET)
    chosen = next((tab for tab in tabs if tab.key == where.get("tab")), None)
    chosen = chosen or (tabs[0] if tabs else None)
    if chosen is None:
        return {"tabs": tabs, "is_gone": is_gone}
    asked = next((tab for tab in tabs if tab.key in preview.QUESTIONS), None)
    is_open = chosen.key in preview.QUESTIONS and batch.state == RosterState.READY
    questions = Questions(user, answers) if is_open else None
    kind = where.get("kind", "")
    found = Paginator(preview.rows_of(batch, chosen.key, kind), preview.page_size(chosen.key))
    page = found.get_page(where.get("p"))
    lines = preview.lines(batch, list(page), user=user, questions=questions)
    if chosen.key == "hinted":
        lines = preview.only_hints(lines)
    return {
        "tabs": tabs,
        "is_gone": is_gone,
        "chosen": chosen,
        "asked": asked,
        "kind": kind,
        "page": page,
        "lines": lines,
        "questions": questions,
        "turning": urlencode(({"kind": kind} if kind else {}) | {"tab": chosen.key}),
        "place": urlencode({"tab": chosen.key, "p": page.number}),
    }
