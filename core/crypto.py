"""Sealing of personal fields: AES-256-GCM with a key number, and keyed digests for exact search.

A sealed text is base64 of: key number (1 byte), algorithm (1 byte, 1 = AES-256-GCM), nonce (12),
ciphertext and tag. The associated data is ``table.column``, so a sealed text copied into another
column does not open. The index key differs from the field keys (security chapter §3).
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_AES_GCM = 1
_BLOCK = 64  # of SHA-256; the index key is shorter
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_NONCE = 12


class Unreadable(Exception):
    """The text cannot be opened with any key at hand."""


class KeysMissing(Exception):
    """The key file is not there, or is no key file: nothing can be sealed or looked for."""


class UnreadableText(str):
    """Shown in place of a text that no key at hand opens; writes back its sealed form unchanged."""

    sealed: str

    def __new__(cls, sealed: str) -> "UnreadableText":
        text = super().__new__(cls, "无法解密")
        text.sealed = sealed
        return text


class KeyRing:
    """The field keys by number, the number that seals new texts, and the index key."""

    def __init__(self, *, current: int, keys: dict[int, bytes], index: bytes) -> None:
        if current not in keys:
            raise KeyError(current)
        self.current = current
        self.ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self.index = index

    @classmethod
    def read(cls, path: Path) -> "KeyRing":
        """Read the key file: ``{"current": 1, "keys": {"1": base64}, "index": base64}``.

        KeysMissing: there is none, it may not be read, or it holds something else.
        """
        try:
            data = json.loads(path.read_text(encoding="ascii"))
            keys = {int(number): base64.b64decode(key) for number, key in data["keys"].items()}
            return cls(current=data["current"], keys=keys, index=base64.b64decode(data["index"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysMissing(path.name) from error

    def seal(self, plain: str, context: str) -> str:
        """Return PLAIN sealed for CONTEXT (``table.column``) with the current key."""
        nonce = os.urandom(_NONCE)
        body = self.ciphers[self.current].encrypt(nonce, plain.encode(), context.encode())
        return base64.b64encode(bytes((self.current, _AES_GCM)) + nonce + body).decode()

    def open(self, sealed: str, context: str) -> str:
        """Return the plain text of SEALED; raise Unreadable when no key opens it."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            cipher = self.ciphers[raw[0]]
            nonce, body = raw[2 : 2 + _NONCE], raw[2 + _NONCE :]
            return cipher.decrypt(nonce, body, context.encode()).decode()
        except (binascii.Error, IndexError, KeyError, InvalidTag, ValueError) as error:
            raise Unreadable(context) from error


def make_key_file(path: Path) -> None:
    """Write a new key file (mode 0600) unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    new_key = base64.b64encode(secrets.token_bytes(32)).decode()
    index = base64.b64encode(secrets.token_bytes(32)).decode()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        json.dump({"current": 1, "keys": {"1": new_key}, "index": index}, stream)


@lru_cache(maxsize=1)
def key_ring() -> KeyRing:
    """Return the key ring of this installation. KeysMissing: asked again at the next use.

    Only ``migrate`` makes a key file, and only for a database that has seen none (``core.keys``):
    a new key in the place of a lost one would seal texts that the lost one never opens.
    """
    return KeyRing.read(settings.FIELD_KEYS_FILE)


def seal(plain: str, context: str) -> str:
    """Return PLAIN sealed for CONTEXT (``table.column``)."""
    return key_ring().seal(plain, context)


def unseal(sealed: str, context: str) -> str:
    """Return the plain text of SEALED; raise Unreadable when no key opens it."""
    try:
        return key_ring().open(sealed, context)
    except KeysMissing as error:
        raise Unreadable(context) from error


def sealer(context: str) -> Callable[[str], str]:
    """Return ``seal`` for one CONTEXT, made ready once: half the cost for many texts."""
    ring = key_ring()
    encrypt, associated = ring.ciphers[ring.current].encrypt, context.encode()
    head, random = bytes((ring.current, _AES_GCM)), os.urandom

    def seal_text(plain: str) -> str:
        nonce = random(_NONCE)
        raw = head + nonce + encrypt(nonce, plain.encode(), associated)
        return binascii.b2a_base64(raw, newline=False).decode()

    return seal_text


def indexer(context: str) -> Callable[[str], str]:
    """Return ``blind_index`` for one CONTEXT, its key and context hashed once."""
    key = key_ring().index.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + f"{context}\0".encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def index_text(normalised: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(normalised.encode())
        second.update(first.digest())
        digest = binascii.b2a_base64(second.digest()[:16], newline=False)
        return digest.translate(_URL_SAFE).rstrip(b"=").decode()

    return index_text


def blind_index(normalised: str, context: str) -> str:
    """Return a keyed digest (22 characters) by which equal texts are found without opening them."""
    message = f"{context}\0{normalised}".encode()
    digest = hmac.digest(key_ring().index, message, hashlib.sha256)[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
