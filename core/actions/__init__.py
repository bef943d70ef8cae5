"""Acts of core."""

from .accounts import (
    change_password,
    close_account,
    create_account,
    create_first_account,
    renew_password,
    reopen_account,
    set_password,
)
from .exports import start_export
from .impersonation import begin_impersonation, end_impersonation
from .notices import read_notice, read_notices, see_page
from .reveal import reveal
from .second_factor import remove_second_factor, set_up_second_factor, try_second_factor
from .thresholds import change_parameter

__all__ = [
    "begin_impersonation",
    "change_parameter",
    "change_password",
    "close_account",
    "create_account",
    "create_first_account",
    "end_impersonation",
    "read_notice",
    "read_notices",
    "remove_second_factor",
    "renew_password",
    "reopen_account",
    "reveal",
    "see_page",
    "set_password",
    "set_up_second_factor",
    "start_export",
    "try_second_factor",
]
