"""Bureau pages of the register."""

from .affiliation import AffiliationAdmin
from .learnt import BranchAliasAdmin
from .links import LinkBatchAdmin
from .member import MemberAdmin
from .proposal import LinkProposalAdmin
from .roster import RosterBatchAdmin
from .transfer import TransferAdmin, TransferBatchAdmin

__all__ = [
    "AffiliationAdmin",
    "BranchAliasAdmin",
    "LinkBatchAdmin",
    "LinkProposalAdmin",
    "MemberAdmin",
    "RosterBatchAdmin",
    "TransferAdmin",
    "TransferBatchAdmin",
]
