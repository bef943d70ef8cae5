"""Bureau pages of the register."""

from .affiliation import AffiliationAdmin
from .learnt import BranchAliasAdmin
from .links import LinkBatchAdmin
from .member import MemberAdmin
from .roster import RosterBatchAdmin
from .transfer import TransferAdmin, TransferBatchAdmin

__all__ = [
    "AffiliationAdmin",
    "BranchAliasAdmin",
    "LinkBatchAdmin",
    "MemberAdmin",
    "RosterBatchAdmin",
    "TransferAdmin",
    "TransferBatchAdmin",
]
