"""Every address × every role, by the table; whatever is not yours looks like what is not there.

The other method, for which the table has no line, opens nothing: what refuses to show refuses to be
sent, and what is only sent shows nothing.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.enums import Role
from branches.models import Appointment
from core.crypto import make_key_file
from core.models import User
from tests.access.table import ROLES
from tests.access.things import World
from tests.access.walking import Row, addresses, ask, rows
from tests.cast import TODAY
from tests.harness.keys import other_key_file

MOST = 12


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep hundreds of expected refusals out of the report of one that is not."""
    log = logging.getLogger("django.request")
    log.disabled = True
    yield
    log.disabled = False


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Set the clock to the cast's day."""
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning, tick=True):
        yield


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    found, listed = set(addresses()), {row.name for row in rows()}
    assert sorted(found - listed) == []
    assert sorted(listed - found) == []


def test_every_role_of_the_house_has_a_column(request: pytest.FixtureRequest, db: None) -> None:
    for role in filter(None, ROLES):
        request.getfixturevalue(role)
    held = set(Appointment.objects.values_list("role", flat=True))
    assert held | {Role.MEMBER} == set(Role)  # a member has no post


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_every_address_answers_as_the_table_says(
    request: pytest.FixtureRequest, role: str, db: None
) -> None:
    world, client = World(request), Client(raise_request_exception=False)
    column = ROLES.index(role)
    if role:
        sign_in(client, request.getfixturevalue(role))
    wrong, listed = [], {row.key for row in rows()}
    for row in rows():
        if row.method == "GET" and row.answers[column] == 200:
            answer, number = counted(client, row, world)
            if number > MOST:
                wrong.append(f"{row}: {number} queries, {MOST} are the most")
        else:
            answer = ask(client, row, row.address(world))
        if answer.status_code != row.answers[column]:
            wrong.append(f"{row}: {answer.status_code}, the table says {row.answers[column]}")
        if row.other.key not in listed:
            wrong.extend(other_way_in(client, row, world, answer))
        if role and row.named_things and row.answers[column] in {200, 302, 404}:
            wrong.extend(unlike_nothing(client, row, world, answer))
    assert wrong == []


# What opens between the two steps of signing in, besides what opens to anybody.
BETWEEN = {
    *("second-factor-set-up", "sign-out", "password", "password-done"),
    *("text-size", "admin:login"),  # which lead somewhere else
}


@pytest.mark.parametrize("role", ["bureau_staff", "sysadmin", "superuser"])
def test_before_the_second_step_nothing_opens(
    request: pytest.FixtureRequest, role: str, settings: Any, db: None
) -> None:
    settings.SECOND_FACTOR = "office"
    world, client = World(request), Client(raise_request_exception=False)
    sign_in(client, request.getfixturevalue(role))
    opened = set()
    for row in rows():
        answer = ask(client, row, row.address(world))
        if answer.status_code != 302 or not answer["Location"].startswith("/second-factor/"):
            opened.add(row.name)
    opened_to_anybody = {row.name for row in rows() if row.answers[0] == 200}
    assert opened - opened_to_anybody == BETWEEN


@pytest.mark.parametrize("role", ["member", "bureau_staff"])
def test_no_page_breaks_with_another_key_file(
    request: pytest.FixtureRequest, role: str, tmp_path: Path, db: None
) -> None:
    world, client = World(request), Client(raise_request_exception=False)
    sign_in(client, request.getfixturevalue(role))
    column = ROLES.index(role)
    opened = [row for row in rows() if row.method == "GET" and row.answers[column] == 200]
    asked = [(row, row.address(world)) for row in opened]
    make_key_file(path := tmp_path / "field_keys.json")
    with other_key_file(path):
        answers = {str(row): ask(client, row, address) for row, address in asked}

    assert [name for name, each in answers.items() if each.status_code >= 500] == ["GET readyz"]
    shown = [name for name, each in answers.items() if "无法解密" in text_of(each)]
    assert shown != []


def counted(client: Client, row: Row, world: World) -> tuple[Any, int]:
    """Return the answer and how much it asked the database; ``ask`` itself sets savepoints."""
    address = row.address(world)
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, row, address)
    return answer, sum("SAVEPOINT" not in each["sql"] for each in asked.captured_queries)


def other_way_in(client: Client, row: Row, world: World, answer: Any) -> Iterator[str]:
    """Yield that the other method opens what ROW refuses, tells of it, or shows what is only sent."""
    refused = is_refused(answer)
    if row.method == "GET" and not refused:
        return  # a form is sent to its own address: each has tests of its own
    other = ask(client, row.other, row.address(world))
    if not refused:
        if other.status_code != 405:
            yield f"{row.other}: {other.status_code}, there is nothing to be seen"
    elif is_refused(other) and other.status_code == answer.status_code:
        return
    elif other.status_code not in {403, 405}:
        yield f"{row.other}: {other.status_code}, {row.method} is refused by {answer.status_code}"
    elif ask(client, row.other, row.address(world, nowhere=True)).status_code != other.status_code:
        yield f"{row.other}: {other.status_code} tells that there is such a row"


def is_refused(answer: Any) -> bool:
    """Return whether the answer opens nothing; a stranger is sent to sign in."""
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("sign-in"))
    return answer.status_code in {403, 404} or to_sign_in


def text_of(answer: Any) -> str:
    """Return the page, or nothing for a file."""
    return "" if answer.streaming else answer.content.decode(errors="replace")


def unlike_nothing(client: Client, row: Row, world: World, answer: Any) -> Iterator[str]:
    """Yield what tells a row that is not there from one that is somebody else's."""
    nothing = ask(client, row, row.address(world, nowhere=True))
    if nothing.status_code not in {404, 405} and answer.status_code != 302:
        yield f"{row}: {nothing.status_code} for what is not there"
    if answer.status_code == 404 and length(answer) != length(nothing):
        yield f"{row}: somebody else's row does not look like none"


def length(answer: Any) -> int:
    """Return how long the page is; it may name its own address."""
    return len(answer.content.replace(answer.request["PATH_INFO"].encode(), b""))


@pytest.mark.parametrize("key", ["0", "-1", str(2**70), "1 or 1=1", "%00", "../1", "_add_"])
def test_odd_keys_find_nothing(
    request: pytest.FixtureRequest, bureau_staff: User, key: str
) -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, bureau_staff)
    wrong = []
    for row in rows():
        if row.named_things == ["object_id"] and row.answers[ROLES.index("bureau_staff")] == 200:
            if row.is_route:
                continue
            address = reverse(row.name, kwargs={"object_id": key})
            status = client.get(address).status_code
            if status != 404:
                wrong.append(f"{address}: {status}")
    assert wrong == []


def sign_in(client: Client, user: User) -> None:
    """Sign in without the page."""
    client.force_login(user, backend="branches.backends.PostBackend")
