"""Acts on territory, branches and posts, one file per noun."""

from .appointment import appoint, end_appointment
from .area import create_area, move_area, rename_area
from .branch import (
    check_branch,
    create_branch,
    dissolve_branch,
    move_branch,
    register_dissolution_obstacle,
    relocate_branch,
    reorganise_branch,
    update_branch,
)
from .branch_import import BranchImport, import_branches
from .divisions import import_divisions
from .upkeep import check_trees, repair_trees

__all__ = [
    "BranchImport",
    "appoint",
    "check_branch",
    "check_trees",
    "create_area",
    "create_branch",
    "dissolve_branch",
    "end_appointment",
    "import_branches",
    "import_divisions",
    "move_area",
    "move_branch",
    "register_dissolution_obstacle",
    "relocate_branch",
    "rename_area",
    "reorganise_branch",
    "repair_trees",
    "update_branch",
]
