"""When the machine fails: a page that says so, nothing half done, nobody in the log."""

import errno
import logging

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from core import signin
from core.logs import PlainFormatter
from core.models import Allowance
from core.runs import run_now, start_run
from core.trouble import is_disk_full, is_passing

SECRET = "张建国 16112345678 990101194803120017"
TROUBLES: list[BaseException] = []


def breaks(request: HttpRequest) -> HttpResponse:
    """Raise what the test has put there."""
    raise TROUBLES[-1] from ValueError(SECRET)


breaks.login_required = False  # type: ignore[attr-defined]  # what login_not_required sets
urlpatterns = [path("breaks/", breaks), path("", include("portal.urls"))]
handler500 = "core.views.server_error"


class PostgresDiskFull(Exception):
    """As psycopg says it."""

    sqlstate = "53100"


def chained(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_trouble")
@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (OSError(errno.ENOSPC, SECRET), 507, "磁盘满了"),
        (OperationalError("database or disk is full"), 507, "磁盘满了"),
        (OperationalError(f"server closed the connection: {SECRET}"), 503, "系统正忙"),
        (OperationalError("database is locked"), 503, "系统正忙"),
        (InterfaceError("connection already closed"), 503, "系统正忙"),
        (IntegrityError(f"Failing row contains ({SECRET})."), 500, "不怪您"),
        (ZeroDivisionError(SECRET), 500, "不怪您"),
    ],
)
def test_each_trouble_has_its_page(client, trouble, status, words):
    client.raise_request_exception = False
    TROUBLES.append(trouble)
    answer = client.get("/breaks/")
    assert answer.status_code == status
    page = answer.content.decode()
    assert words in page
    assert SECRET not in page


def test_a_full_disk_is_known_by_its_cause():
    assert is_disk_full(chained(OperationalError("x"), PostgresDiskFull()))
    assert not is_disk_full(chained(DatabaseError("x"), OSError(errno.EIO, "x")))
    assert not is_disk_full(None)
    assert not is_passing(None)


def test_a_log_line_names_type_and_place_and_nobody():
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise IntegrityError(SECRET) from error
    except IntegrityError as error:
        info = (IntegrityError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "Internal Server Error", (), info)
    line = PlainFormatter("%(levelname)s %(message)s").format(record)
    assert line.startswith("ERROR Internal Server Error\ndjango.db.utils.IntegrityError\n")
    assert "\nbuiltins.ValueError\n" in line
    assert f"{__file__}:" in line
    for secret in SECRET.split():
        assert secret not in line


def test_the_portal_logs_so(settings):
    console = settings.LOGGING["handlers"]["console"]
    assert settings.LOGGING["formatters"][console["formatter"]]["()"] == "core.logs.PlainFormatter"


@pytest.mark.parametrize(
    ("address", "host", "said"),
    [
        ("/", "evil.example", "Invalid HTTP_HOST header: 'evil.example'."),
        ("/", "x" * 4000 + ".example", "Invalid HTTP_HOST header: 'xxx"),
        ("/healthz?a=%00", "testserver", "NUL in the address"),
    ],
)
def test_what_a_stranger_asks_wrongly_is_one_line(
    client, settings, caplog, mailoutbox, address, host, said
):
    settings.ADMINS = [("系统管理员", "admin@example.com")]
    with caplog.at_level(logging.INFO):
        assert client.get(address, headers={"Host": host}).status_code == 400
    (line,) = caplog.records
    assert (line.levelname, line.exc_info, mailoutbox) == ("WARNING", None, [])
    assert line.getMessage().startswith(said)
    assert len(caplog.text.splitlines()) == 1
    assert len(caplog.text) < 300


def kinds(kind):
    """Yield KIND and all that are made from it."""
    yield kind
    for each in kind.__subclasses__():
        yield from kinds(each)


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_trouble")
def test_whatever_django_suspects_is_one_line(client, settings, caplog, mailoutbox):
    settings.ADMINS = [("系统管理员", "admin@example.com")]
    for fault in kinds(SuspiciousOperation):
        TROUBLES.append(fault("too much of it"))
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert client.get("/breaks/").status_code == 400
        (line,) = caplog.records
        told = (fault.__name__, line.levelname, line.exc_info)
        assert told == (line.name.rpartition(".")[2], "WARNING", None)
    assert mailoutbox == []


@pytest.mark.django_db
def test_wrong_passwords_of_past_days_are_forgotten(time_machine):
    time_machine.move_to("2026-11-21 10:00+08:00", tick=False)
    signin.take_try("u:1")
    time_machine.move_to("2026-11-22 02:30+08:00", tick=False)
    signin.take_try("u:1")
    run = run_now(start_run(by=None, kind="nightly.sweep_sign_in", key="x", ring=False))
    assert run.result == {"allowances": 1}
    assert Allowance.objects.get().used == 1
