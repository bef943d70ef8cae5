"""A member agrees to something, each by itself, and takes it back: what was kept goes (domain §6.2, §6.12)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core import audit
from core.models import User
from members.actions import grip, keepers
from members.actions.member import complete
from members.enums import Consent
from members.models import Member
from members.rules import consents

_TO_FILL = "有关的几项可以问问他，补到资料里。"


def give_consent(*, by: User, member: Member, which: Consent) -> Member:
    """Keep that the member himself agrees today, with the text that he read; who keeps the record is told.

    PermissionDenied: it is somebody else's; his paper has a day, which is registered with the record.
    ValidationError: it stands already.
    """
    if member.user_id != by.pk:
        raise PermissionDenied("只能替自己同意。")
    with transaction.atomic():
        member = grip.locked(member)
        if getattr(member, consents.day_of(which)) is not None:
            raise ValidationError("这项已经同意过，不用再办。")
        written = consents.agreed(which, on=timezone.localdate())
        _write(
            by,
            member,
            written,
            act=consents.OWN_ACT,
            note=f"{which.label}：{consents.text_of(which)}",
        )
        keepers.tell(
            keepers.nearest(member, by=by),
            text=f"{member.name}同志同意了：{which.label}",
            detail=f"同意的日期已经登记。{_TO_FILL if consents.keeps(which) else ''}",
            is_private=True,
        )
    return member


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
        written = consents.taken_back(which, on=timezone.localdate())
        _write(by, member, written, act="撤回同意", note=which.label)
        told = keepers.nearest(member, by=by)
        keepers.tell(
            told,
            text=f"{member.name}同志撤回了同意：{which.label}",
            detail="这几项已经清空，不用再补。",
            is_private=True,
        )
    return member


def _write(by: User, member: Member, written: dict[str, Any], *, act: str, note: str) -> None:
    """Set the columns WRITTEN and what follows from them; the trail says which, never what they were."""
    told = [name for name in written if name not in consents.WITHDRAWN]
    before = audit.snapshot(member, told)
    for name, value in written.items():
        setattr(member, name, value)
    complete(member)
    member.version += 1
    member.save(update_fields=[*written, "missing_fields", "version", "updated_at"])
    after = audit.snapshot(member, told)
    audit.record(by=by, act=act, instance=member, before=before, after=after, note=note)
