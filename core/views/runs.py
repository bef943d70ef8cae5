"""The pages of background runs: one's own, how far each is, how to stop it, what it made."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import actions, display, impersonation, runs, text
from core.access import signed_in
from core.display import Mark
from core.enums import RunState
from core.exports import may_fetch
from core.models import BackgroundRun, Notice, StoredFile

PAGE = 20
_UNTOLD = "是哪一份，暂时说不出来，请点开看。"
_TONES = {
    RunState.QUEUED: "plan",
    RunState.RUNNING: "plan",
    RunState.DONE: "ok",
    RunState.FAILED: "due",
    RunState.CANCELLED: "off",
}


@never_cache
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """List the runs that one started oneself, the newest first (我的后台工作)."""
    user = signed_in(request)
    mine = BackgroundRun.objects.visible_to(user).filter(by=user).order_by("-pk")
    page = Paginator(mine, PAGE).get_page(request.GET.get("p"))
    subjects = runs.subjects_of(page)
    records = [
        {
            "date": run.created_at,
            "what": _named(run, subjects),
            "url": reverse("run", args=[run.pk]),
            "sub": _progress(run, subjects),
            "mark": _mark(run),
        }
        for run in page
    ]
    return render(request, "core/runs.html", {"page": page, "records": records})


def _named(run: BackgroundRun, subjects: Mapping[int, str]) -> str:
    """Return the work and what it is about: 导出表格：党员."""
    return "：".join(filter(None, [runs.title_of(run), subjects.get(run.pk)]))


def _mark(run: BackgroundRun) -> Mark:
    verdict = runs.verdict_of(run)
    if verdict:
        return Mark(verdict.word, "due")
    return Mark(run.get_state_display(), _TONES[RunState(run.state)])


def _invitation(run: BackgroundRun) -> str:
    """Return the words of the link that opens the run's page again."""
    if not run.is_finished:
        return "看看进度"
    verdict = runs.verdict_of(run)
    if verdict:
        return f"{verdict.word}，看原因"
    return f"{run.tally}，看{'结果' if run.state == RunState.DONE else '原因'}"


def _progress(run: BackgroundRun, subjects: Mapping[int, str]) -> str:
    """Return the hour it was asked for, how many rows are done, the time left, and what kept it."""
    asked = display.time_words(timezone.localtime(run.created_at))
    verdict = runs.verdict_of(run)
    why = verdict.why if verdict else run.error
    said = "，".join(filter(None, [asked, run.rows_done, run.time_left, why]))
    return text.sentences([said, _UNTOLD]) if subjects.get(run.pk) == "" else said


@require_safe
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show state, progress and minutes left; a link opens the page again."""
    user = signed_in(request)
    run = get_object_or_404(BackgroundRun.objects.visible_to(user), pk=pk)
    page = runs.page_of(run)
    if run.is_finished and impersonation.of(request) is None:
        # Whoever watched it to the end, or comes to see how it ended, needs no telling any more.
        # What came later is of another run that leads to the same page.
        seen, ended = {page, request.path}, run.finished_at
        if Notice.objects.editable_by(user).leading_to(*seen, until=ended).exists():
            actions.see_page(*seen, by=user, until=ended)
    made = run.result.get("file")
    file = StoredFile.objects.visible_to(user).filter(pk=made).first() if made else None
    if file is not None and not may_fetch(user, file):
        file = None
    context = {
        "run": run,
        "name": _named(run, runs.subjects_of([run])),
        "verdict": runs.verdict_of(run),
        "page": page,
        "may_act": BackgroundRun.objects.editable_by(user).filter(pk=run.pk).exists(),
        "file": file,
    }
    return render(request, "core/run_detail.html", context)


@require_safe
def run_state(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the same as JSON, for the page's own script."""
    run = get_object_or_404(BackgroundRun.objects.visible_to(request.user), pk=pk)
    return JsonResponse(
        {
            "state": run.state,
            "done": run.shown_done,
            "total": run.total,
            "tally": run.tally,
            "left": run.outlook,
            "look": _invitation(run),
            "finished": run.is_finished,
        }
    )


@require_POST
def cancel_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run after the chunk in hand."""
    user = signed_in(request)
    run = get_object_or_404(BackgroundRun.objects.editable_by(user), pk=pk)
    was_finished = run.is_finished  # a page left open offers to stop it still
    runs.cancel_run(by=user, run=run)
    if not was_finished:
        messages.info(request, "已经请它停下，做完手上这一段就停。已写好的部分都保留着。")
    return redirect("run", pk=pk)


@require_POST
def retry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed run go on from where it stopped."""
    user = signed_in(request)
    run = get_object_or_404(BackgroundRun.objects.editable_by(user), pk=pk)
    runs.retry_run(by=user, run=run)
    return redirect("run", pk=pk)
