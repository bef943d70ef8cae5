"""Addresses of a batch's pages, for what links to them from below the views."""

from django.urls import reverse

from core.models import BackgroundRun


def of_run(run: BackgroundRun) -> str:
    """Return the page of the batch that RUN works on."""
    return reverse("admin:members_rosterbatch_change", args=[run.arguments["batch"]])
