"""The settings as production has them: those of the tests are cheaper, so these are asked for outside."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.models import User
from tests.test_project import run

ASKED = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


def settings_of(tmp_path: Path, *names: str, **environment: str) -> dict[str, Any]:
    """Return the portal's own settings in an environment that holds nothing but what is given."""
    done = run(
        *(sys.executable, "-W", "error", "-c", ASKED, *names),
        tmp_path=tmp_path,
        DJANGO_SETTINGS_MODULE="portal.settings",
        **environment,
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.once
def test_settings_of_an_empty_environment_are_safe(tmp_path: Path) -> None:
    safe = {
        "DEBUG": False,
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "SESSION_COOKIE_NAME": "__Host-sid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        # What the prefix __Host- asks for beside Secure.
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_PATH": "/",
        "SECOND_FACTOR": "office",
    }
    found = settings_of(tmp_path, *safe, "SECRET_KEY")
    assert len(found.pop("SECRET_KEY")) >= 50
    assert found == safe


@pytest.mark.once
def test_on_plain_http_nobody_is_asked_for_a_second_factor(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "SECOND_FACTOR", PORTAL_HTTPS="off") == {"SECOND_FACTOR": "off"}


@pytest.mark.once
def test_no_question_to_postgresql_goes_on_for_ever(tmp_path: Path) -> None:
    found = settings_of(tmp_path, "DATABASES", DATABASE_URL="postgres://u:p@db.example/n")

    options = found["DATABASES"]["default"]["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["connect_timeout"] == 3
    assert dict(each.split("=") for each in options["options"].replace("-c ", "").split()) == {
        "statement_timeout": "30000",
        "lock_timeout": "5000",
        "idle_in_transaction_session_timeout": "60000",
        "random_page_cost": "1.1",
    }


@pytest.mark.once
def test_work_of_a_worker_that_dies_is_given_to_another_and_leaves_no_result(
    tmp_path: Path,
) -> None:
    asked = (
        "import json; from portal.celery import app; c = app.conf;"
        "print(json.dumps([c.task_acks_late, c.task_reject_on_worker_lost,"
        " c.worker_prefetch_multiplier, c.task_ignore_result, c.result_backend,"
        " c.task_time_limit, c.broker_url]))"
    )
    done = run(
        *(sys.executable, "-W", "error", "-c", asked),
        tmp_path=tmp_path,
        REDIS_URL="redis://broker.example:6379/0",
    )

    assert done.stderr == ""
    broker = "redis://broker.example:6379/0"
    assert json.loads(done.stdout) == [True, True, 1, True, None, 3600, broker]


def test_every_page_has_the_strict_policy(client: Client, superuser: User) -> None:
    """Nothing but the portal's own files is loaded, run or sent to; nobody frames its pages."""
    entrance = client.get("/signin/")
    client.force_login(superuser, backend="branches.backends.PostBackend")
    office = client.get("/admin/core/code/")

    assert [page.status_code for page in (entrance, office)] == [200, 200]
    for page in (entrance, office):
        # The directives come in any order.
        assert sorted(page.headers["Content-Security-Policy"].split("; ")) == sorted(POLICY)
        assert "Content-Security-Policy-Report-Only" not in page.headers
