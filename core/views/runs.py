"""The page of a background run: how far it is, how to stop it. Only its owner's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import runs
from core.access import signed_in
from core.models import BackgroundRun


@require_safe
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show state, progress and minutes left; without JavaScript the page fetches itself again."""
    run = get_object_or_404(BackgroundRun.objects.visible_to(request.user), pk=pk)
    context = {"run": run, "name": runs.title_of(run), "page": runs.page_of(run)}
    return render(request, "core/run_detail.html", context)


@require_safe
def run_state(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the same as JSON, for the page's own script."""
    run = get_object_or_404(BackgroundRun.objects.visible_to(request.user), pk=pk)
    return JsonResponse(
        {
            "state": run.state,
            "done": run.done,
            "total": run.total,
            "percent": run.percent,
            "left": run.time_left,
            "finished": run.is_finished,
        }
    )


@require_POST
def cancel_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run after the chunk in hand."""
    user = signed_in(request)
    run = get_object_or_404(BackgroundRun.objects.editable_by(user), pk=pk)
    runs.cancel_run(by=user, run=run)
    messages.info(request, "已经请它停下，做完手上这一段就停。已写好的部分都保留着。")
    return redirect("run", pk=pk)


@require_POST
def retry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed run go on from where it stopped."""
    user = signed_in(request)
    run = get_object_or_404(BackgroundRun.objects.editable_by(user), pk=pk)
    runs.retry_run(by=user, run=run)
    return redirect("run", pk=pk)
