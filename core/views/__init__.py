"""Pages of core: sign-in, background runs, private files, what is said when something is wrong."""

from .files import download, private_file
from .impersonation import EndImpersonationView
from .notices import notices, open_notice, read_notices
from .pages import (
    bad_request,
    csrf_failure,
    forbidden,
    locked_out,
    not_found,
    server_error,
    set_text_size,
)
from .runs import cancel_run, retry_run, run_detail, run_list, run_state
from .second_factor import NewFactorView, SecondFactorView
from .signin import PasswordDoneView, PasswordView, SignInView, SignOutView

__all__ = [
    "EndImpersonationView",
    "NewFactorView",
    "PasswordDoneView",
    "PasswordView",
    "SecondFactorView",
    "SignInView",
    "SignOutView",
    "bad_request",
    "cancel_run",
    "csrf_failure",
    "download",
    "forbidden",
    "locked_out",
    "not_found",
    "notices",
    "open_notice",
    "private_file",
    "read_notices",
    "retry_run",
    "run_detail",
    "run_list",
    "run_state",
    "server_error",
    "set_text_size",
]
