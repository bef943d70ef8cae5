"""Addresses of core's admin pages, and what they say."""

from django.urls import reverse


def listing(noun):
    """The list of NOUN."""
    return reverse(f"admin:core_{noun}_changelist")


def adding(noun):
    """The form for a new NOUN."""
    return reverse(f"admin:core_{noun}_add")


def changing(noun, row):
    """The page of one ROW."""
    return reverse(f"admin:core_{noun}_change", args=[row.pk])


def page(client, address):
    """What the page at ADDRESS says; it opens."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()
