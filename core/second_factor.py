"""Who owes the second step of signing in, and how a session knows that it was done.

The session keeps the number of the authenticator that took the code. A page compares it with the
number that came with the session's user (``PostBackend``): no page asks the database for it, and a
session whose authenticator was taken away ends at its next request (``SessionClockMiddleware``).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from core import crypto, rules
from core.access import signed_in
from core.models import Authenticator, User

# In a session: who took the code, and the sealed key that is being set up.
_PASSED = "second_factor"
_NEW_KEY = "second_factor_key"
_CONTEXT = "session.second_factor_key"
_GROUP = 4  # characters of a key that are read in one go
_ISSUER = "银辉"


def is_asked_of(user: User) -> bool:
    """Say whether USER signs in with two factors here (setting SECOND_FACTOR)."""
    policy: str = settings.SECOND_FACTOR
    return policy != rules.NO_SECOND_FACTOR and rules.asks_second_factor(
        policy, in_office=user.has_office_post, roles=user.roles
    )


def is_due(request: HttpRequest) -> bool:
    """Say whether the signed-in user has the second step still before him."""
    return _PASSED not in request.session and is_asked_of(signed_in(request))


def is_void(request: HttpRequest) -> bool:
    """Say whether the authenticator that opened this session is no longer the user's."""
    return is_void_for(request.session, signed_in(request))


def is_void_for(session: Mapping[str, Any], user: User) -> bool:
    """Say the same of what a SESSION of USER holds."""
    passed = session.get(_PASSED)
    return passed is not None and passed != user.authenticator_pk


def begin(request: HttpRequest) -> None:
    """Begin a session with the second step before it."""
    for mark in (_PASSED, _NEW_KEY):
        request.session.pop(mark, None)


def pass_on(request: HttpRequest, authenticator: Authenticator) -> None:
    """Open the session, under a new key: it is worth more than the one that came with the password."""
    request.session.pop(_NEW_KEY, None)
    request.session.cycle_key()
    request.session[_PASSED] = authenticator.pk


def new_key(request: HttpRequest) -> str:
    """Return the key that this session is setting up; another session is never shown it."""
    sealed = request.session.get(_NEW_KEY, "")
    try:
        return crypto.unseal(sealed, _CONTEXT)
    except crypto.Unreadable:
        key = Authenticator.new_key()
        request.session[_NEW_KEY] = crypto.seal(key, _CONTEXT)
        return key


def in_groups(key: str, size: int = _GROUP) -> list[str]:
    """Return KEY in parts of SIZE characters."""
    return [key[start : start + size] for start in range(0, len(key), size)]


def address(user: User, key: str) -> str:
    """Return what the QR code says: the address by which authenticators take KEY over for USER."""
    asked = urlencode({"secret": key, "issuer": _ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{_ISSUER}:{user.get_username()}')}?{asked}"


def picture(user: User, key: str) -> SafeString:
    """Return the QR code (SVG) of a new KEY, black on white always."""
    drawn = segno.make_qr(address(user, key), error="m").svg_inline(
        omitsize=True, light="#fff", svgclass="qr", lineclass=None, title="给手机验证器扫的二维码"
    )
    return mark_safe(drawn)  # noqa: S308 -- drawn here: squares, and a title of ours


@register(Tags.security, deploy=True)
def check_second_factor(**_: Any) -> Iterable[CheckMessage]:
    """Part of ``check --deploy``: office posts sign in with two factors (等保 third level)."""
    if settings.DEBUG or settings.SECOND_FACTOR != rules.NO_SECOND_FACTOR:
        return []
    said = "SECOND_FACTOR=off：工作台的账号只凭密码就能登录。正式使用请写 SECOND_FACTOR=office。"
    return [Warning(said, id="core.W001")]
