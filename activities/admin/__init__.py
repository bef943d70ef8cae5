"""Pages of the bureau about party life."""

from .activity import ActivityAdmin
from .campaign import CampaignAdmin

__all__ = ["ActivityAdmin", "CampaignAdmin"]
