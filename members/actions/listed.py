"""What taking any list back has in common: whose it is, why, once (house §5)."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from core.long_numbers import kept_reason
from core.models import User
from members.models import LinkBatch, TransferBatch

Batch = TypeVar("Batch", LinkBatch, TransferBatch)


def hold_to_undo(by: User, batch: Batch, reason: str) -> Batch:
    """Return BATCH read again and held, with REASON filled in; as it stands when it is undone already.

    DoesNotExist where it is not BY's to change, ValidationError without a reason.
    """
    rows = type(batch)._default_manager.editable_by(by).order_by("pk")
    held = rows.select_for_update(of=("self",)).get(pk=batch.pk)
    if not held.is_undone:
        held.undo_reason = kept_reason(reason)[:100]
        if not held.undo_reason:
            raise ValidationError({"reason": "请写明为什么撤回。"})
    return held


def close_undone(batch: Batch) -> None:
    """Keep that BATCH was taken back now."""
    batch.undone_at = timezone.now()
    batch.save(update_fields=["undone_at", "undo_reason"])
