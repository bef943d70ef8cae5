"""Compare the audit trail with its seals."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import AuditSeal
from core.trail import verify_trail

_NOTHING_SEALED = (
    "操作记录还没有封存过，没有可以核对的。每天夜里自动封存；现在就封存，请执行 seal_audit。"
)


class Command(BaseCommand):
    """``manage.py verify_audit``: exit 0 when every sealed row is as it was, else 1."""

    help = "核对操作记录与封签，列出不一致的地方。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and list every fault."""
        faults = list(verify_trail())
        for fault in faults:
            self.stderr.write(f"{fault.first_id}-{fault.last_id}：{fault.what}")
        if faults:
            raise CommandError(f"有 {len(faults)} 处与封存时不一致。")
        rows = sum(AuditSeal.objects.values_list("count", flat=True))
        self.stdout.write(f"{rows} 条操作记录都与封存时一致。" if rows else _NOTHING_SEALED)
