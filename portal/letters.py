"""Nothing is read in other letters than UTF-8, which is what our pages send (security §5a 25).

Django takes the letters of an address and of a form from the Content-Type, and opens the address by
them before any middleware. Python knows some that are none, on which that breaks, and some that
make half letters, which can be neither kept nor shown.
"""

import codecs
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.utils.http import parse_header_parameters

_OURS = "utf-8"
_SAID = "交上来的文字看不懂，请回到刚才的页面再试一次。".encode()


def in_our_letters(application: WSGIApplication) -> WSGIApplication:
    """Return APPLICATION behind a door that answers 400 to whatever names other letters."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if _are_ours(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(_SAID))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("400 Bad Request", headers)
        return [_SAID]

    return answer


def _are_ours(content_type: str) -> bool:
    """Say whether a CONTENT_TYPE can be taken apart and names UTF-8 or no letters at all."""
    try:
        _, said = parse_header_parameters(content_type)
        return codecs.lookup(said.get("charset", _OURS)).name == _OURS
    except (ValueError, LookupError):
        return False
