"""Bureau pages of territory, organisations and posts."""

from .appointment import AppointmentAdmin
from .area import AreaAdmin, RegionAdmin
from .branch import BranchAdmin
from .role import RoleAdmin

__all__ = ["AppointmentAdmin", "AreaAdmin", "BranchAdmin", "RegionAdmin", "RoleAdmin"]
