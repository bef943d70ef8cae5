"""Elder rule 23: nothing that cannot be taken back is done without a page that first says what happens.

What changes something has a page of its own, which shows and does nothing until its button is
pressed, or is one of those named here, each with the way back.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from activities.models import Photo
from branches.models import Branch
from core.admin.acting import Act, ActPages
from core.models import User
from members.actions import open_account
from members.models import Member, RosterBatch
from tests.access.things import World
from tests.access.walking import rows
from tests.browser import imports

SignIn = Callable[[User], Client]

# What is sent without a page of its own, and why nothing is lost by it.
SEARCHES = {f"admin:{noun}-search" for noun in ("account", "affiliation", "member", "transfer")}
ROSTER_STEPS = {  # nothing is on the register yet
    f"{room}-{step}"
    for room in ("admin:roster", "members:batch")
    for step in ("again", "branches", "columns", "decide", "heading", "keep")
}
TAKEN_BACK = (
    SEARCHES
    | ROSTER_STEPS
    | {
        "admin:account-impersonate",  # only looks, and ends by 结束查看
        "impersonation-end",  # gives oneself back
        "admin:branches_area_process_import",  # the same
        "admin:branches_branch_process_import",  # the button of the page that shows every line
        "admin:roster-confirm",  # the button of the preview; the whole batch can be undone
        "members:batch-confirm",
        "admin:logout",  # one signs in again
        "sign-out",
        "text-size",  # the other sizes stand beside it
        "members:own-data",  # sends a file
        "notice-open",  # what was read stays in the list
        "notices-read",
        "run-cancel",  # what is written stays; it can be done again
        "run-retry",
    }
)
# Their pages are there once a roster is written: see below.
UNDOING = {"admin:roster-undo", "members:batch-undo"}
# What the office does to the rows it ticked in a list, and its opposite.
OPPOSITES = {"archive": "reopen", "reopen": "archive"}


def test_what_is_sent_without_a_page_of_its_own_can_be_taken_back() -> None:
    shown = {row.name for row in rows() if row.method == "GET" and 200 in row.answers}
    sent = {row.name for row in rows() if row.method == "POST"}
    assert sorted((sent - shown) ^ (TAKEN_BACK | UNDOING)) == []


def test_the_admin_deletes_nothing_but_a_remembered_name_which_it_asks_about(
    superuser: User, rf: RequestFactory, db: None
) -> None:
    request = rf.get("/admin/")
    request.user = superuser
    deleting = [row.name for row in rows() if row.name.endswith("_delete") and 200 in row.answers]
    assert deleting == ["admin:members_branchalias_delete"]
    offered = {name for each in admin.site._registry.values() for name in each.get_actions(request)}
    own = offered - {"export_admin_action"}
    assert own == set(OPPOSITES)
    assert set(OPPOSITES.values()) == own


def acts() -> list[tuple[ActPages, Act]]:
    """Return every act of the admin with its register."""
    pages = [each for each in admin.site._registry.values() if isinstance(each, ActPages)]
    return [(register, act) for register in pages for act in register.acts]


def answer_of(client: Client, address: str) -> str:
    """Return the page at ADDRESS, which must write nothing but the session."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, address
    written = [
        each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert [sql for sql in written if Session._meta.db_table not in sql] == [], address
    return str(answer.content.decode())


def test_every_act_of_the_office_says_first_what_will_happen(
    request: pytest.FixtureRequest, client_for: SignIn, superuser: User
) -> None:
    world, client = World(request), client_for(superuser)
    table = {row.name: row for row in rows() if row.method == "GET"}
    said = {}
    for register, act in acts():
        row = table[f"admin:{register.prefix}-{act.key}"]
        address = row.address(world)
        shown = answer_of(client, address)
        pk = address.strip("/").split("/")[-2]
        worded = act.worded(on := register.model._default_manager.get(pk=pk))
        said[row.name] = len(worded.explain) >= 8 and escape(worded.explain) in shown
        is_hindered = any(worded.obstacles(on))
        assert (f'value="{worded.button}"' in shown) != is_hindered, row.name
        assert ("返回" if is_hindered else "不办了，返回") in shown, row.name
    assert [name for name, is_said in said.items() if not is_said] == []
    assert {"admin:branch-dissolve", "admin:member-deceased", "admin:account-close"} <= said.keys()


def a_photo(request: pytest.FixtureRequest) -> str:
    """The page before a photo goes."""
    world = World(request)
    row = next(row for row in rows() if row.name == "activities:photo-remove")
    return row.address(world)


def an_account(request: pytest.FixtureRequest) -> str:
    """The page before somebody's password is worth nothing any more."""
    person = World(request)["person"]
    open_account(by=request.getfixturevalue("superuser"), member=person)
    return reverse("members:account", args=[person.pk])


def of_a_roster(name: str, make: Callable[[Any], dict[str, Any]]) -> Callable[[Any], str]:
    """Return what gives the page NAME of the roster that MAKE makes, as it is the secretary's."""

    def address(request: pytest.FixtureRequest) -> str:
        return reverse(name, kwargs=make(request))

    return address


BEFORE: dict[str, tuple[str, Callable[[Any], str], str]] = {
    "a photo": ("street_staff", a_photo, "删掉以后找不回来"),
    "a password": ("secretary", an_account, "原来的密码作废"),
    "a checked roster": (
        "secretary", of_a_roster("members:batch-discard", imports.checked), "都会删掉，找不回来",
    ),
    "a written roster": (
        "secretary", of_a_roster("members:batch-undo", imports.written), "整份撤回以后",
    ),
    "a checked roster of the office": (
        "superuser", of_a_roster("admin:roster-discard", imports.checked), "找不回来",
    ),
    "a written roster of the office": (
        "superuser", of_a_roster("admin:roster-undo", imports.written), "撤回",
    ),
    "a consent": (
        "member", lambda request: reverse("members:consent", args=["health"]), "清空以后找不回来",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BEFORE)
def test_the_page_before_says_what_is_lost_and_loses_nothing(
    what: str, request: pytest.FixtureRequest, client_for: SignIn, branch: Branch, db: None
) -> None:
    role, make, words = BEFORE[what]
    user = request.getfixturevalue(role)
    if role == "member":
        given = {"health": "3", "health_agreed_on": "2026-01-01"}
        Member.objects.filter(user=user).update(**given)
    address = make(request)
    before = held()
    assert words in answer_of(client_for(user), address)
    assert held() == before


def held() -> tuple[Any, ...]:
    """Return what could be lost."""
    return (
        list(Photo.objects.values_list("pk")),
        list(User.objects.values_list("pk", "password", "is_active")),
        list(RosterBatch.objects.values_list("pk", "state")),
        list(Member.objects.values_list("pk", "health", "deceased_on", "branch")),
    )


@pytest.mark.parametrize(
    ("role", "name"), [("secretary", "members:batch"), ("superuser", "admin:roster")]
)
def test_giving_up_a_roster_from_its_own_page_asks_first(
    role: str, name: str, request: pytest.FixtureRequest, client_for: SignIn, db: None
) -> None:
    key = imports.checked(request)
    client = client_for(request.getfixturevalue(role))
    answer = client.post(reverse(f"{name}-discard", kwargs=key), follow=True)
    assert "找不回来" in answer.content.decode()
    assert RosterBatch.objects.get(**key).state == "READY"
