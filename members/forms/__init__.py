"""Input about members from people; the checks are those of ``members.rules``, as everywhere."""

from .acts import (
    AccountForm,
    DeathForm,
    DeathWithdrawalForm,
    LinkEndForm,
    LinkForm,
    RevealForm,
    TransferForm,
    TransferOutForm,
)
from .member import MemberForm

__all__ = [
    "AccountForm",
    "DeathForm",
    "DeathWithdrawalForm",
    "LinkEndForm",
    "LinkForm",
    "MemberForm",
    "RevealForm",
    "TransferForm",
    "TransferOutForm",
]
