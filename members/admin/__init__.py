"""Bureau pages of the register."""

from .affiliation import AffiliationAdmin
from .member import MemberAdmin
from .roster import RosterBatchAdmin

__all__ = ["AffiliationAdmin", "MemberAdmin", "RosterBatchAdmin"]
