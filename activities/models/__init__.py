"""Models of activities, one file per noun."""

from .activity import Activity
from .attendance import Attendance

__all__ = ["Activity", "Attendance"]
