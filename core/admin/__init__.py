"""Bureau pages of core: accounts, basic tables, the audit trail, background runs."""

from .audit import AuditEventAdmin
from .kinds import KindAdmin
from .run import BackgroundRunAdmin
from .tables import CodeAdmin, RuleParameterAdmin
from .user import UserAdmin

__all__ = [
    "AuditEventAdmin",
    "BackgroundRunAdmin",
    "CodeAdmin",
    "KindAdmin",
    "RuleParameterAdmin",
    "UserAdmin",
]
