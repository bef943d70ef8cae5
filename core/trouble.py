"""Telling troubles of the machine from faults of the program."""

import errno

from django.db import InterfaceError, OperationalError

from core.crypto import KeysMissing

DISK_FULL_STATE = "53100"  # PostgreSQL
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_EXHAUSTED = _FULL | {errno.ENOMEM, errno.EMFILE, errno.ENFILE}


def is_disk_full(error: BaseException | None) -> bool:
    """Say whether ERROR, or what it came from, is a full disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, OperationalError) and "disk is full" in str(error):
            return True
        if getattr(error, "sqlstate", None) == DISK_FULL_STATE:
            return True
        error = error.__cause__
    return False


def is_exhausted(error: BaseException) -> bool:
    """Say whether ERROR is the machine at its end: no room, no memory, no more open files."""
    return isinstance(error, OSError) and error.errno in _EXHAUSTED


def is_keyless(error: BaseException | None) -> bool:
    """Say whether ERROR is a key file that is missing: nothing can be sealed or looked for."""
    return isinstance(error, KeysMissing)


def is_passing(error: BaseException | None) -> bool:
    """Say whether ERROR is a database that is away, restarting or too busy: trying again helps."""
    return isinstance(error, OperationalError | InterfaceError)
