"""A member takes back what he agreed to: what was kept because of it goes (domain §6.2, §6.12)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core import audit
from core.models import User
from members.actions import grip, keepers
from members.enums import Consent
from members.models import Member
from members.rules import consents


def withdraw_consent(*, by: User, member: Member, which: Consent) -> Member:
    """Empty the day of a consent and the columns kept because of it; who keeps the record is told.

    The day of withdrawal stays, so that no older paper brings the consent back.

    The member's own, or of who may change his record. The trail says what went, never what it was.
    ValidationError: it was not given.
    """
    if member.user_id != by.pk:
        grip.require_editable(by, member)
    with transaction.atomic():
        member = grip.locked(member)
        if getattr(member, consents.day_of(which)) is None:
            raise ValidationError("现在没有登记这项同意，不用撤回。")
        gone = consents.emptied(which)
        before = audit.snapshot(member, gone)
        written = consents.taken_back(which, on=timezone.localdate())
        for name, value in written.items():
            setattr(member, name, value)
        member.version += 1
        member.save(update_fields=[*written, "version", "updated_at"])
        after = audit.snapshot(member, gone)
        audit.record(
            by=by, act="撤回同意", instance=member, before=before, after=after, note=which.label
        )
        told = keepers.nearest(member, by=by)
        keepers.tell(
            told,
            text=f"{member.name}同志撤回了同意：{which.label}",
            detail="这几项已经清空，不用再补。",
        )
    return member
