"""已故: all ties, posts and reminders end; the record stays (domain §6.8)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.actions import end_appointment, withdraw_appointment
from branches.models import Appointment
from core import audit
from core.models import Notice, User
from core.parameters import Parameters
from members.actions import grip, keepers, on_the_way
from members.enums import MemberRequest
from members.models import Affiliation, Member
from members.rules import affiliation as rules
from members.rules.family import SHOWN_DAYS
from members.rules.requests import DONE

REASON = "已故"


def mark_deceased(*, by: User | None, member: Member, on: dt.date) -> Member:
    """Register that MEMBER died on a day; his branch stays known, his account is closed.

    Reminders stop at once: nothing is due for who is not ``on_register``, notices are taken back.
    His branch is asked to see the family.
    """
    grip.require_editable(by, member)
    with transaction.atomic():
        member = grip.locked(member)
        rules.check_death(
            on=on,
            today=timezone.localdate(),
            birth=member.birth_date,
            deceased_on=member.deceased_on,
        )
        ties = list(Affiliation.objects.filter(member=member, ended_on__isnull=True))
        for tie in ties:
            _set_end(tie, max(on, tie.started_on or on), REASON)
        on_the_way.settle(by=by, member=member, why=REASON)
        closed = _close_account(member, on)
        member.closed_by_death = {"ties": [tie.pk for tie in ties], "account": closed}
        _settle(by, DONE[MemberRequest.DEATH], member, on)
        _ask_to_condole(member)
    return member


def withdraw_death(*, by: User | None, member: Member, reason: str) -> Member:
    """Take back a 已故 registered by mistake: the ties and the account that it closed go on.

    What had ended for another reason stays as it was; posts are given anew.
    """
    grip.require_editable(by, member)
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么撤回。"})
    with transaction.atomic():
        member = grip.locked(member)
        if member.deceased_on is None:
            raise ValidationError("这位同志没有登记为已故，不用撤回。")
        closed = member.closed_by_death or {"ties": [], "account": False}
        for tie in Affiliation.objects.filter(member=member, pk__in=closed["ties"]):
            _set_end(tie, None, "")
        if member.user is not None and closed["account"]:
            member.user.is_active = True
            member.user.save(update_fields=["is_active"])
        member.closed_by_death = None
        _settle(by, "撤回已故登记", member, None, reason)
        Notice.objects.unread().filter(text=_condolence(member), url=_page(member)).delete()
    return member


def _condolence(member: Member) -> str:
    return f"{member.name}同志去世了，请安排看望、慰问家属"


def _page(member: Member) -> str:
    return reverse("members:card", args=[member.pk])


def _ask_to_condole(member: Member) -> None:
    """Ask the secretaries of the branch to see the family, while it is still told whom to reach (§6.8)."""
    if member.branch_id is None:
        return
    days = Parameters(SHOWN_DAYS).number(SHOWN_DAYS)
    detail = f"资料页上登记过紧急联系人的，去世后{days}天里看得到。"
    posts = keepers.secretaries_of([member.branch_id]).filter(user__is_active=True)
    told = [
        keepers.Told(user, _page(member), _condolence(member))
        for user in posts.values_list("user", flat=True).distinct()
    ]
    keepers.tell_each(told, detail=detail)


def _set_end(tie: Affiliation, on: dt.date | None, reason: str) -> None:
    tie.ended_on, tie.end_reason = on, reason
    tie.full_clean()
    tie.save()


def _close_account(member: Member, on: dt.date) -> bool:
    """Close the account with its posts, also those to begin, and reminders; return whether it was open."""
    if member.user is None:
        return False
    was_open = member.user.is_active
    for post in Appointment.objects.unfinished().filter(user=member.user).order_by("pk"):
        if post.started_on > timezone.localdate():
            withdraw_appointment(by=None, appointment=post, reason=REASON)
        else:
            end_appointment(by=None, appointment=post, on=max(on, post.started_on))
    Notice.objects.filter(user=member.user, read_at__isnull=True).delete()
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    return was_open


def _settle(by: User | None, act: str, member: Member, on: dt.date | None, note: str = "") -> None:
    before = audit.snapshot(member, ["deceased_on"])
    member.deceased_on = on
    member.version += 1
    member.save(update_fields=["deceased_on", "closed_by_death", "version", "updated_at"])
    after = audit.snapshot(member, ["deceased_on"])
    audit.record(by=by, act=act, instance=member, before=before, after=after, note=note)
