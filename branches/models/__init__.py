"""Models of branches, one file per noun."""

from .appointment import Appointment
from .area import Area, Region
from .branch import Branch
from .change import BranchChange

__all__ = ["Appointment", "Area", "Branch", "BranchChange", "Region"]
