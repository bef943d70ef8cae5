"""Pages of the bureau about party life."""

from .activity import ActivityAdmin

__all__ = ["ActivityAdmin"]
