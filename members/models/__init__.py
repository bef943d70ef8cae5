"""Models of members, one file per noun."""

from .affiliation import Affiliation
from .member import Member

__all__ = ["Affiliation", "Member"]
