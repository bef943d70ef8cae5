"""Addresses of a batch's pages, for what links to them from below the views."""

from django.urls import reverse

from core.models import BackgroundRun


def of_run(run: BackgroundRun) -> str:
    """Return the page of the batch that RUN works on: in the admin for who has an office."""
    if run.by is not None and not run.by.has_office_post:
        return reverse("members:batch", args=[run.arguments["batch"]])
    return reverse("admin:members_rosterbatch_change", args=[run.arguments["batch"]])
