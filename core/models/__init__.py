"""Models of core, one file per noun."""

from .audit import AuditEvent, AuditSeal
from .code import Code, Kind, RuleParameter
from .key import KeyWitness
from .notice import Notice
from .run import BackgroundRun, StoredFile
from .signin import Allowance, FormDraft
from .user import User

__all__ = [
    "Allowance",
    "AuditEvent",
    "AuditSeal",
    "BackgroundRun",
    "Code",
    "FormDraft",
    "KeyWitness",
    "Kind",
    "Notice",
    "RuleParameter",
    "StoredFile",
    "User",
]
