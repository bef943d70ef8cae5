"""Every address × every account an administrator may view (security P26, role HJ): he sees what its
owner sees, and nothing is changed, opened or taken.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.dates import words
from core.models import User
from members.enums import Consent
from members.models import Member
from members.rules import consents
from tests.access.markers import leaks
from tests.access.table import ROLES
from tests.access.things import World
from tests.access.walking import Row, ask, rows
from tests.cast import TODAY
from tests.impersonating import viewing
from tests.test_access_matrix import MOST, _quiet, text_of  # noqa: F401 -- a fixture

VIEWED = (
    *("member", "group_leader", "committee_member", "station_head", "secretary"),
    *("street_staff", "bureau_staff"),
)
# What ends the view, alone or with the session.
WAYS_OUT = {"sign-out", "impersonation-end"}
LETTERS = "text-size"  # a cookie of the administrator's own browser
# What stays its owner's: full numbers, files, photos, whatever leaves the portal, the password.
CLOSED = {
    *("password", "password-done", "second-factor", "second-factor-set-up"),
    *("admin:password_change", "admin:password_change_done"),
    *("members:reveal", "admin:member-reveal"),
    *("members:edit", "admin:members_member_change", "members:consent", "members:agree"),
    *("file", "activities:photo", "activities:photo-small", "activities:my-calendar-file"),
    *("members:roster-export", "members:batch-rejected", "admin:roster-rejected"),
    *("members:import-template", "admin:roster-template"),
    *("admin:affiliation-sheet-blank", "admin:transferbatch-blank"),
    *(row.name for row in rows() if row.name.endswith("_export")),
}
AGREED = dt.date(2019, 3, 7)
PRIVATE = {
    "health": "4",
    "hardship": "1",
    "remark": "密注",
    **{consents.day_of(each): AGREED for each in Consent},
}
# How any page words them, and nothing else.
SECRETS = {"密注", "<dd>重病", words(AGREED)}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    """Set the clock to the cast's day and let administrators view."""
    settings.IMPERSONATION = True
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning, tick=True):
        yield


@pytest.mark.parametrize("role", VIEWED)
def test_who_views_sees_what_its_owner_sees_and_does_nothing(
    request: pytest.FixtureRequest, role: str, sysadmin: User, db: None
) -> None:
    user, world = request.getfixturevalue(role), World(request)
    addresses = [(row, row.address(world)) for row in rows() if row.name not in WAYS_OUT]
    Member.objects.update(**PRIVATE)
    numbers = {number for each in Member.objects.all() for number in (each.id_number, each.phone)}
    client = viewing(sysadmin, user, raise_request_exception=False)
    wrong: list[str] = []
    for row, address in addresses:
        with CaptureQueriesContext(connection) as asked:
            answer = ask(client, row, address)
        owners = row.answers[ROLES.index(role)]
        if answer.status_code not in answers_to(row, owners):
            wrong.append(f"{row}: {answer.status_code}, its owner gets {owners}")
        if is_page(answer) and "结束查看" not in text_of(answer):
            wrong.append(f"{row}: does not say whose pages these are")
        if shown := leaks(text_of(answer).encode(), numbers | SECRETS):
            wrong.append(f"{row}: shows {shown}")
        number = sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)
        if row.method == "GET" and answer.status_code == 200 and number > MOST:
            wrong.append(f"{row}: {number} queries, {MOST} are the most")
        wrong.extend(f"{row}: {sql[:100]}" for sql in written(asked))
    assert wrong == []


def answers_to(row: Row, owners: int) -> set[int]:
    """Return what who views may get where the owner gets OWNERS."""
    if row.method == "POST" and row.name != LETTERS:
        return {403}
    if row.name in CLOSED:
        return {403, owners} - {200, 302}
    return {owners}


def is_page(answer: Any) -> bool:
    """Return whether the answer is a page of the portal."""
    return answer.status_code != 302 and answer["Content-Type"].startswith("text/html")


def written(asked: CaptureQueriesContext) -> Iterator[str]:
    """Yield what the database was made to take, but the session."""
    for query in asked.captured_queries:
        if query["sql"].startswith(WRITES) and "django_session" not in query["sql"]:
            yield query["sql"]
