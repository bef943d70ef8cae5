"""Typed readers of environment variables: nonsense is refused at start, not at midnight."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"on", "true", "1", "yes"}
_FALSE = {"off", "false", "0", "no"}
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def text(name: str, default: str = "") -> str:
    """Value of NAME, or the contents of the file that NAME_FILE names, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """Value of NAME as on/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name}={value!r}: use on or off")


def number(name: str, default: int) -> int:
    """Value of NAME as a whole number."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number")
    return int(value)


def choice(name: str, options: Sequence[str], default: str) -> str:
    """Value of NAME as one of OPTIONS."""
    value = os.environ.get(name, "").strip().lower() or default
    if value not in options:
        raise ImproperlyConfigured(f"{name}={value!r}: use one of {', '.join(options)}")
    return value


def listing(name: str, default: list[str]) -> list[str]:
    """Value of NAME as a comma-separated list."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def secret(name: str, path: Path) -> str:
    """Value of NAME, or of a file made once (mode 0600) for a single-machine installation."""
    if value := text(name):
        return value
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        value = secrets.token_urlsafe(50)
        stream.write(value)
    return value


def database(url: str) -> dict[str, Any]:
    """Django database settings of a postgres:// or sqlite:/// address.

    How PostgreSQL is spoken to stands in the address (``?sslmode=``) or in DATABASE_SSLMODE.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme == "sqlite":
        _refuse_query(asked, "nothing after the path")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:])}
    if parts.scheme in {"postgres", "postgresql"}:
        mode = _ssl_mode(asked.pop("sslmode", ""), parts.hostname or "")
        _refuse_query(asked, "only sslmode after the name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"sslmode": mode},
        }
    raise ImproperlyConfigured(
        "DATABASE_URL: use postgres://user:password@host/name or sqlite:///path"
    )


def _ssl_mode(asked: str, host: str) -> str:
    """Return what the address asks for, what DATABASE_SSLMODE says, or by where the database is.

    What leaves this machine is encrypted, for a server that proves who it is (security §6).
    """
    mode = asked or text("DATABASE_SSLMODE") or ("prefer" if _is_here(host) else "verify-full")
    if mode not in _SSL_MODES:
        raise ImproperlyConfigured(
            f"sslmode={mode!r} of the database: use one of {', '.join(_SSL_MODES)}"
        )
    return mode


def _is_here(host: str) -> bool:
    return host in {"", "localhost", "::1"} or host.startswith(("127.", "/"))


def _refuse_query(asked: dict[str, str], allowed: str) -> None:
    # What is let pass without being heard would be believed to hold.
    if asked:
        raise ImproperlyConfigured(f"DATABASE_URL: unknown {', '.join(asked)}; write {allowed}")
