"""Whatever names other letters than UTF-8 is refused before Django opens it (security §5a 25)."""

import io
from typing import Any
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

import pytest

from portal import wsgi
from portal.letters import in_our_letters

# No letters at all; half letters; letters of which some are refused in every string; unknown ones.
OTHERS = (
    *("rot13", "zlib", "undefined", "idna", "punycode", "utf-7", "raw_unicode_escape", "utf-16"),
    *("gbk", "nothing-known", "\xff", "'", "utf-8; charset=rot13"),
)


def asked(application: WSGIApplication, content_type: str | None) -> tuple[str, bytes]:
    """Return status and body of what APPLICATION answers."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {"REQUEST_METHOD": "POST", "PATH_INFO": "/signin/", "QUERY_STRING": "next=%E4%BD%A0"}
    environ["wsgi.input"] = io.BytesIO()
    if content_type is not None:
        environ["CONTENT_TYPE"] = content_type
    said: list[str] = []
    body = application(environ, lambda status, headers, trouble=None: said.append(status))
    return said[0], b"".join(body)


def through(environ: Any, start_response: Any) -> list[bytes]:
    """Answer as a portal that everything reaches."""
    start_response("200 OK", [])
    return [b"through"]


@pytest.mark.parametrize("letters", OTHERS)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=B", "text/plain"])
def test_other_letters_are_refused(kind: str, letters: str) -> None:
    status, body = asked(wsgi.application, f"{kind}; charset={letters}")
    assert (status, body.decode()[:12]) == ("400 Bad Request", "交上来的文字看不懂，请回")


@pytest.mark.parametrize(
    "said", ["x*=nothing''%41", "charset*=utf-8''rot13", "charset*=nothing''%41"]
)
def test_a_type_that_cannot_be_taken_apart_is_refused(said: str) -> None:
    assert asked(wsgi.application, f"text/plain; {said}")[0] == "400 Bad Request"


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        ";;;=",
        "text/plain",
        "multipart/form-data; boundary=B",
        "a/b; charset=UTF8",
        "\xff",
    ],
)
def test_our_own_letters_come_through(kind: str | None) -> None:
    assert asked(in_our_letters(through), kind) == ("200 OK", b"through")
