"""Bureau pages of core: accounts, basic tables, the audit trail, background runs."""

from .audit import AuditEventAdmin
from .run import BackgroundRunAdmin
from .tables import CodeAdmin, KindAdmin, RuleParameterAdmin
from .user import UserAdmin

__all__ = [
    "AuditEventAdmin",
    "BackgroundRunAdmin",
    "CodeAdmin",
    "KindAdmin",
    "RuleParameterAdmin",
    "UserAdmin",
]
