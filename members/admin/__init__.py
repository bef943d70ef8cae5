"""Bureau pages of the register."""

from .affiliation import AffiliationAdmin
from .learnt import BranchAliasAdmin
from .member import MemberAdmin
from .roster import RosterBatchAdmin
from .transfer import TransferAdmin, TransferBatchAdmin

__all__ = [
    "AffiliationAdmin",
    "BranchAliasAdmin",
    "MemberAdmin",
    "RosterBatchAdmin",
    "TransferAdmin",
    "TransferBatchAdmin",
]
