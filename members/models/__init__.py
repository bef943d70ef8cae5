"""Models of members, one file per noun."""

from .affiliation import Affiliation
from .member import Member
from .roster import RosterBatch, RosterChunk, RosterRow

__all__ = ["Affiliation", "Member", "RosterBatch", "RosterChunk", "RosterRow"]
