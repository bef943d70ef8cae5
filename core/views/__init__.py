"""Pages of core: sign-in, background runs, private files, what is said when something is wrong."""

from .files import download, private_file
from .pages import (
    bad_request,
    csrf_failure,
    forbidden,
    locked_out,
    not_found,
    server_error,
    set_text_size,
)
from .runs import cancel_run, retry_run, run_detail, run_state
from .signin import PasswordDoneView, PasswordView, SignInView, SignOutView

__all__ = [
    "PasswordDoneView",
    "PasswordView",
    "SignInView",
    "SignOutView",
    "bad_request",
    "cancel_run",
    "csrf_failure",
    "download",
    "forbidden",
    "locked_out",
    "not_found",
    "private_file",
    "retry_run",
    "run_detail",
    "run_state",
    "server_error",
    "set_text_size",
]
