"""Models of core, one file per noun."""

from .audit import AuditEvent, AuditSeal
from .code import Code, Kind, RuleParameter
from .key import KeyWitness
from .notice import Notice
from .run import BackgroundRun, StoredFile
from .second_factor import Authenticator, SpareCode
from .signin import Allowance, FormDraft
from .user import User

__all__ = [
    "Allowance",
    "AuditEvent",
    "AuditSeal",
    "Authenticator",
    "BackgroundRun",
    "Code",
    "FormDraft",
    "KeyWitness",
    "Kind",
    "Notice",
    "RuleParameter",
    "SpareCode",
    "StoredFile",
    "User",
]
