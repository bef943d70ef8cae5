"""Acts on territory, branches and posts, one file per noun."""

from .appointment import (
    appoint,
    check_appointee,
    end_appointment,
    register_appointment_objection,
    withdraw_appointment,
)
from .area import create_area, move_area, rename_area
from .branch import (
    REORGANISED,
    Remains,
    check_new_branch,
    create_branch,
    dissolve_branch,
    follow_reorganisation,
    register_dissolution_obstacle,
    register_kind_obstacle,
    register_reorganisation_follower,
    reorganise_branch,
    update_branch,
    what_remains,
)
from .branch_import import BranchImport, import_branches
from .divisions import import_divisions
from .grid import import_grids, keep_grid
from .upkeep import check_trees, repair_trees

__all__ = [
    "REORGANISED",
    "BranchImport",
    "Remains",
    "appoint",
    "check_appointee",
    "check_new_branch",
    "check_trees",
    "create_area",
    "create_branch",
    "dissolve_branch",
    "end_appointment",
    "follow_reorganisation",
    "import_branches",
    "import_divisions",
    "import_grids",
    "keep_grid",
    "move_area",
    "register_appointment_objection",
    "register_dissolution_obstacle",
    "register_kind_obstacle",
    "register_reorganisation_follower",
    "rename_area",
    "reorganise_branch",
    "repair_trees",
    "update_branch",
    "what_remains",
    "withdraw_appointment",
]
