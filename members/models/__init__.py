"""Models of members, one file per noun."""

from .affiliation import Affiliation, LinkBatch
from .learnt import BranchAlias, RosterHeading
from .member import Member
from .proposal import LinkProposal
from .roster import RosterBatch, RosterChange, RosterChunk, RosterRow, RosterTried
from .transfer import Transfer, TransferBatch

__all__ = [
    "Affiliation",
    "BranchAlias",
    "LinkBatch",
    "LinkProposal",
    "Member",
    "RosterBatch",
    "RosterChange",
    "RosterChunk",
    "RosterHeading",
    "RosterRow",
    "RosterTried",
    "Transfer",
    "TransferBatch",
]
