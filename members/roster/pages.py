"""Addresses of a batch's pages, for what links to them from below the views."""

from django.urls import reverse

from core.models import BackgroundRun


def of_run(run: BackgroundRun) -> str:
    """Return the page of the batch that RUN works on; the run's own for who has no office."""
    if run.by is not None and not run.by.has_office_post:
        return reverse("run", args=[run.pk])
    return reverse("admin:members_rosterbatch_change", args=[run.arguments["batch"]])
