"""What is required of a record is listed, of those registered before too; of the very old a contact is asked for."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import User
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db

STEP = import_module("members.migrations.0034_more_required")
CALLED = {"emergency_phone": "16100000009", "contact_agreed_on": dt.date(2026, 1, 1)}
NOTHING = {"full_date": None, "retire_date": None, "former_unit": "", "address": ""}


@pytest.mark.parametrize("chunk", [1, 5_000])
def test_the_lists_of_members_registered_before_are_brought_up_to_date(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """As the next saving of each record would write it."""
    people = [
        make_member(branch),
        make_member(branch, **NOTHING),
        make_member(branch, **NOTHING, ethnicity="", phone=""),
        make_member(branch, **NOTHING, join_date=dt.date(1976, 7, 1), person_kind="E"),
        make_member(branch, **NOTHING, join_date=None, person_kind="A"),
        make_member(branch, full_date=None, member_kind="PROBATIONARY", community=None),
    ]
    expected = {each.pk: each.missing_fields for each in people}
    before = {
        pk: ",".join(name for name in listed.split(",") if name not in NOTHING)
        for pk, listed in expected.items()
    }
    for pk, listed in before.items():
        Member.objects.filter(pk=pk).update(missing_fields=listed)

    monkeypatch.setattr(STEP, "CHUNK", chunk)
    for _ in range(2):  # taken up again after it was cut off
        STEP.list_who_lacks_them(apps, SimpleNamespace(connection=connection))
        assert dict(Member.objects.values_list("pk", "missing_fields")) == expected


def test_the_very_old_are_asked_for_a_contact_in_the_family(
    client_for: Callable[[User], Client], secretary: User, branch: Branch
) -> None:
    """Domain §3.1: asked for at eighty; it is no lack, for whoever is to be called must agree."""
    asked = "还没有登记紧急联系人。可以问一问"
    client = client_for(secretary)
    old = make_member(branch, birth_date=dt.date(1940, 1, 1))
    named = make_member(branch, birth_date=dt.date(1940, 1, 1), **CALLED)
    younger = make_member(branch)
    pages = [
        client.get(reverse("members:card", args=[person.pk])).content.decode()
        for person in (old, named, younger)
    ]
    assert [asked in each for each in pages] == [True, False, False]
    assert old.missing_fields == ""
