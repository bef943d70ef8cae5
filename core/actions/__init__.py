"""Acts of core."""

from .accounts import (
    close_account,
    create_account,
    create_first_account,
    renew_password,
    reopen_account,
)
from .exports import start_export
from .notices import read_notice, read_notices, see_page
from .reveal import reveal
from .thresholds import change_parameter

__all__ = [
    "change_parameter",
    "close_account",
    "create_account",
    "create_first_account",
    "read_notice",
    "read_notices",
    "renew_password",
    "reopen_account",
    "reveal",
    "see_page",
    "start_export",
]
