"""Acts of core."""

from .accounts import close_account, create_account, renew_password, reopen_account
from .reveal import reveal
from .thresholds import change_parameter

__all__ = [
    "change_parameter",
    "close_account",
    "create_account",
    "renew_password",
    "reopen_account",
    "reveal",
]
