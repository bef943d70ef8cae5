"""Bureau pages of the register."""

from .affiliation import AffiliationAdmin
from .member import MemberAdmin

__all__ = ["AffiliationAdmin", "MemberAdmin"]
