"""What stands in the environment is heard or refused, never passed over."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env

ADDRESS = "postgres://u:p%40@db.example:6000/yinhui"


@pytest.mark.parametrize(
    ("query", "variable", "mode"),
    [
        ("", None, "verify-full"),
        ("", "", "verify-full"),
        ("", "prefer", "prefer"),
        ("", "verify-ca", "verify-ca"),
        ("?sslmode=verify-full", None, "verify-full"),
        ("?sslmode=verify-full", "disable", "verify-full"),
    ],
)
def test_the_address_says_how_postgresql_is_spoken_to(
    monkeypatch: pytest.MonkeyPatch, query: str, variable: str | None, mode: str
) -> None:
    monkeypatch.delenv("DATABASE_SSLMODE", raising=False)
    if variable is not None:
        monkeypatch.setenv("DATABASE_SSLMODE", variable)

    assert env.database(ADDRESS + query) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "yinhui",
        "USER": "u",
        "PASSWORD": "p@",
        "HOST": "db.example",
        "PORT": "6000",
        "OPTIONS": {"sslmode": mode},
    }


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", ""])
def test_a_database_on_this_machine_needs_no_certificate(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv("DATABASE_SSLMODE", raising=False)
    assert env.database(f"postgres://u:p@{host}/n")["OPTIONS"] == {"sslmode": "prefer"}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"{ADDRESS}?sslmode=verify", "sslmode='verify' of the database: use one of disable, "),
        (f"{ADDRESS}?sslmode=require&sslrootcert=x", "unknown sslrootcert; write only sslmode"),
        (f"{ADDRESS}?target=", "DATABASE_URL: unknown target"),
        ("sqlite:////srv/x.sqlite3?mode=ro", "unknown mode; write nothing after the path"),
        ("mysql://u@h/n", "use postgres://user:password@host/name or sqlite:///path"),
    ],
)
def test_an_address_that_says_more_than_is_heard_is_refused(url: str, told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        env.database(url)


def test_a_mode_that_is_none_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_SSLMODE", "on")
    with pytest.raises(ImproperlyConfigured, match="sslmode='on' of the database"):
        env.database(ADDRESS)
