"""A branch asks its office for what it may not do itself: transfers, 已故, links (security P10)."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core import audit, bulk
from core.display import date_words
from core.models import User
from core.parameters import Parameters
from members.actions import grip, keepers
from members.enums import MemberRequest
from members.models import Member
from members.rules import requests as rules

OPEN_DAYS = "request.open_days"
NOBODY = "街道和老干部局都还没有人开通账号，请打下面的电话办理。"


def ask_office(*, by: User, member: Member, kind: str, on: dt.date, text: str = "") -> int:
    """Ask the street, or the bureau where there is none, to carry out KIND for MEMBER on day ON.

    Returns how many were told. The trail and the notices are the whole record: the act itself is
    the office's, and the trail also says when it was done. Sending the same again does nothing.
    """
    grip.require_editable(by, member)
    wanted = MemberRequest(kind)
    with transaction.atomic():
        member = grip.locked(member)
        if member.branch_id is None or member.deceased_on is not None:
            raise ValidationError("这位同志已经不在册，不用再办。")
        today = timezone.localdate()
        rules.check_request(kind=wanted, on=on, text=text, today=today, birth=member.birth_date)
        office = keepers.nearest(member, by=by, offices_only=True)
        if not office.users:
            raise ValidationError(NOBODY)
        act, day = rules.ASKED[wanted], date_words(on, today=today, full=True)
        said = f"原话：{text}" if text else ""
        told = keepers.tell(
            office,
            text=f"{by}同志为{member.name}同志{act}",
            detail=f"日期：{day}。{said}",
        )
        if told:
            audit.record(by=by, act=act, instance=member, note=f"日期：{day}")
    return told


def settle_links(*, by: User | None, members: Collection[int]) -> None:
    """Say of those of MEMBERS (keys) for whom a managing link was asked that one is registered."""
    if not members:
        return
    since, asked = _since(), rules.ASKED[MemberRequest.LINK]
    for keys in bulk.parts(sorted(members)):
        for member in Member.objects.filter(
            pk__in=audit.acted_on(Member, keys, asked, since=since)
        ):
            if any(each.kind == MemberRequest.LINK for each in _waiting(member, since)):
                audit.record(by=by, act=rules.DONE[MemberRequest.LINK], instance=member)


def waiting_requests(member: Member, known: Parameters | None = None) -> list[rules.Asked]:
    """Return what was asked for MEMBER not too long ago and is not carried out yet (two queries).

    For who may change the record: of the rest of the trail this tells nothing. KNOWN, where they
    are at hand, are parameters with ``OPEN_DAYS`` among them: then one query.
    """
    return _waiting(member, _since(known))


def _since(known: Parameters | None = None) -> dt.datetime:
    """Return since when what was asked still waits; nobody goes on waiting for what is older."""
    days = (known or Parameters(OPEN_DAYS)).number(OPEN_DAYS)
    return timezone.now() - dt.timedelta(days=days)


def _waiting(member: Member, since: dt.datetime) -> list[rules.Asked]:
    return rules.waiting(audit.acts_on(member, rules.ACTS, since=since))
