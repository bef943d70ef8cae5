"""Addresses and names of a batch's runs, for what tells of them from below the views."""

from collections.abc import Iterable

from django.urls import reverse

from core.models import BackgroundRun
from core.runs import Verdict
from members.models import RosterBatch


def of_run(run: BackgroundRun) -> str:
    """Return the page of the batch that RUN works on: in the admin for who has an office."""
    if run.by is not None and not run.by.has_office_post:
        return reverse("members:batch", args=[run.arguments["batch"]])
    return reverse("admin:members_rosterbatch_change", args=[run.arguments["batch"]])


def files_of(runs: Iterable[BackgroundRun]) -> dict[int, str]:
    """Return the names of the files that RUNS work on; one query."""
    batches = {run.pk: run.arguments["batch"] for run in runs}
    kept = RosterBatch.objects.filter(pk__in=set(batches.values()))
    names = dict(kept.values_list("pk", "file_name"))
    return {key: names[batch] for key, batch in batches.items() if batch in names}


def verdict_of(run: BackgroundRun) -> Verdict | None:
    """Say that a file could not be read, or that later work kept a roster from being taken back."""
    if faults := run.result.get("refused"):
        return Verdict("文件已退回", f"有{faults}处要先改好，请看名册页。")
    if obstacles := run.result.get("obstacles"):
        return Verdict("没有撤回", f"导入以后又办了{obstacles}种别的事，请看名册页。")
    return None
