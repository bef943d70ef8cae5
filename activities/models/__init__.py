"""Models of activities, one file per noun."""

from .activity import Activity
from .attendance import Attendance
from .sheet import SignInSheet

__all__ = ["Activity", "Attendance", "SignInSheet"]
