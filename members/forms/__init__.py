"""Input about members from people; the checks are those of ``members.rules``, as everywhere."""

from .acts import (
    AccountForm,
    DeathForm,
    DeclineForm,
    LinkEndForm,
    LinkForm,
    LinkProposalForm,
    OfficeRequestForm,
    TransferForm,
    TransferOutForm,
    WithdrawalForm,
)
from .member import MemberForm
from .pages import CorrectionForm, MemberAddForm, MemberFillForm, RevealForm

__all__ = [
    "AccountForm",
    "CorrectionForm",
    "DeathForm",
    "DeclineForm",
    "LinkEndForm",
    "LinkForm",
    "LinkProposalForm",
    "MemberAddForm",
    "MemberFillForm",
    "MemberForm",
    "OfficeRequestForm",
    "RevealForm",
    "TransferForm",
    "TransferOutForm",
    "WithdrawalForm",
]
