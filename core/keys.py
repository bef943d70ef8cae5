"""Noticing that the key file is missing, new or another's (security chapter, F24).

For every key that seals, the database holds a witness: a known text sealed with it. A file that
cannot open them all is not this database's, and says so to /readyz, ``check --deploy`` and the
front page of administrators. A lost file is never replaced by a new one unasked.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError

from core.crypto import KeyRing, KeysMissing, Unreadable, key_ring, make_key_file
from core.models import KeyWitness

if TYPE_CHECKING:
    from core.models import User

_TEXT, _CONTEXT = "银辉", "core_keywitness.sealed"


class KeyState(StrEnum):
    """What is to be said of the key file, in the word that /readyz tells."""

    OK = "ok"
    MISSING = "unreadable"
    FOREIGN = "foreign"


SENTENCES = {
    KeyState.MISSING: (
        "密钥文件找不到或读不出来，证件号码、电话、住址都显示“无法解密”，也不能登记。"
        "请从离线介质取回密钥文件，放回原处，再重启全部服务。"
    ),
    KeyState.FOREIGN: (
        "密钥文件不是这个数据库原来用的那一份，以前登记的证件号码、电话、住址都打不开。"
        "请先不要登记，取回原来的密钥文件，放回原处，再重启全部服务。"
    ),
}


def key_state() -> KeyState:
    """Ask what this process holds, and what the next one will read (one query)."""
    try:
        rings = [key_ring(), KeyRing.read(settings.FIELD_KEYS_FILE)]
    except KeysMissing:
        return KeyState.MISSING
    witnesses = KeyWitness.objects.values_list("sealed", flat=True)
    fits = all(_opens(ring, sealed) for sealed in witnesses for ring in rings)
    return KeyState.OK if fits else KeyState.FOREIGN


def witness_keys(*, apps: Apps = current_apps, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the key file of a database that has seen none, and the witness of the key in use.

    A receiver of ``post_migrate``. Where the file at hand is not the database's own it writes
    nothing: the witnesses stay to tell so.
    """
    try:
        rows = apps.get_model("core", "KeyWitness")._default_manager.using(using)
    except LookupError:
        return
    known = dict(rows.values_list("number", "sealed"))
    if not known:
        make_key_file(settings.FIELD_KEYS_FILE)
    try:
        ring = KeyRing.read(settings.FIELD_KEYS_FILE)
    except KeysMissing:
        return
    if ring.current not in known and all(_opens(ring, sealed) for sealed in known.values()):
        sealed = ring.seal(_TEXT, _CONTEXT)
        rows.get_or_create(number=ring.current, defaults={"sealed": sealed})


def alarms(user: "User") -> Sequence[str]:
    """Tell administrators, on their front page, what is wrong with the key file."""
    if not user.has_perm("core.change_user"):
        return []
    state = key_state()
    return [] if state == KeyState.OK else [SENTENCES[state]]


@register(Tags.security, deploy=True)
def check_keys(**_: Any) -> list[CheckMessage]:
    """Part of ``check --deploy``. A database without tables, or out of reach, has nothing to say."""
    try:
        state = key_state() if KeyWitness.objects.exists() else KeyState.OK
    except DatabaseError:
        return []
    return [] if state == KeyState.OK else [Error(SENTENCES[state], id="core.E001")]


def _opens(ring: KeyRing, sealed: str) -> bool:
    try:
        return ring.open(sealed, _CONTEXT) == _TEXT
    except Unreadable:
        return False
