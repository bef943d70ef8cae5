"""Models of activities, one file per noun."""

from .activity import Activity
from .attendance import Attendance
from .campaign import Campaign
from .photo import Photo
from .sheet import SignInSheet

__all__ = ["Activity", "Attendance", "Campaign", "Photo", "SignInSheet"]
