"""Models of core, one file per noun."""

from .audit import AuditEvent
from .code import Code, Kind, RuleParameter
from .notice import Notice
from .run import BackgroundRun, StoredFile
from .user import User

__all__ = [
    "AuditEvent",
    "BackgroundRun",
    "Code",
    "Kind",
    "Notice",
    "RuleParameter",
    "StoredFile",
    "User",
]
