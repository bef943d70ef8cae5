"""月通知: the members of a branch are told once when and where its theme day is (SYS-18, domain §5.11)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from activities.enums import ActivityState
from activities.models import Activity
from activities.querysets import REMIND_DAYS, holds_theme_days, remind_days, usual_day
from activities.rules.announcement import Announcement
from activities.rules.attendance import due_ties
from activities.rules.period import Period, fixed_date
from branches import trees
from branches.models import Branch
from core import bulk
from core.models import Notice
from core.parameters import Parameters
from members.enums import AffiliationKind
from members.models import Affiliation

_AT_ONCE = 50  # branches, which stay locked meanwhile
Told = dict[tuple[int, str], Notice]


def announce_theme_days() -> int:
    """Tell the members of all branches of the theme days that are near; return how many notices.

    Near is from today to ``theme.remind_days`` ahead. Whoever knows what stands is not told again,
    so it may run as often as it likes; of a day that is cancelled or held already nobody is told.
    """
    rows = Branch.objects.current().filter(holds_theme_days()).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    known = Parameters(REMIND_DAYS, "theme.day")
    parts = (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
    return sum(tell_members(part, known) for part in parts)


@transaction.atomic
def tell_members(branches: Collection[int], known: Parameters | None = None) -> int:
    """Tell the members of BRANCHES (keys) of their theme days that are near; return how many notices.

    Who was told of a day that has moved is told so at once, near or not; what was said of the old
    one and not read yet is taken back. Where only the topic is another, what was not read yet says
    the new one. KNOWN holds ``theme.remind_days`` and ``theme.day``. Four queries, one for a topic.
    """
    known = known or Parameters(REMIND_DAYS, "theme.day")
    # Two who tell at once must not tell twice: the branches' rows serve as the lock.
    rows = list(trees.hold_branches(branches).values())
    coming = _coming(rows, known)
    users = _users_due([row for row in rows if row.pk in coming]) if coming else []
    before = _told(users, coming)
    new, old, other = [], [], []
    for user, branch, plan in ((*due, plan) for due in users for plan in coming[due[1]]):
        page = _page(branch, plan)
        last = before.get((user, page))
        said = last.text if last else ""
        if (plan.is_near or said) and (words := plan.words(said)):
            new.append(Notice(user_id=user, text=words, detail=plan.topic, url=page))
            old.append(last.pk if last else 0)
        elif last and last.detail != plan.topic and not last.read_at:
            last.detail = plan.topic
            other.append(last)
    unread = Notice.objects.unread()
    unread.filter(pk__in=old).delete()
    unread.bulk_update(other, ["detail"], batch_size=100)
    return len(Notice.objects.bulk_create(new))


def tell_cancelled(
    branch: Branch, activity: Activity, excused: Collection[int], reason: str
) -> int:
    """Tell that the theme day ACTIVITY falls away, with REASON if there is one; return how many notices.

    Told is who was told of it, or had asked leave (EXCUSED, keys of users). What was said of it and
    not read yet is taken back. The caller holds BRANCH: who told of it has finished.
    """
    plan = _announced(branch, activity)
    users = _users_due([branch])
    before = _told(users, {branch.pk: [plan]})
    known = {user: notice.pk for (user, _), notice in before.items()}
    words, page = plan.cancelled(reason), _page(branch.pk, plan)
    new = [
        Notice(user_id=user, text=words, detail=plan.topic, url=page)
        for user, _ in users
        if user in known or user in excused
    ]
    Notice.objects.unread().filter(pk__in=known.values()).delete()
    return len(Notice.objects.bulk_create(new))


def _coming(branches: Iterable[Branch], known: Parameters) -> dict[int, list[Announcement]]:
    """Return the plans of each of BRANCHES that are still to come, this month and next (one query)."""
    today = timezone.localdate()
    months = [Period.of(today), Period.of(today).next]
    activities = Activity.objects.theme_days().filter(
        branch__in=branches, period__in=map(str, months)
    )
    of_month = {(each.branch_id, each.period): each for each in activities}
    found = {}
    for branch in branches:
        last = today + dt.timedelta(days=remind_days(branch, known))
        plans = (
            _plan(branch, month, of_month.get((branch.pk, str(month))), known) for month in months
        )
        coming = [plan for plan in plans if plan is not None and plan.date >= today]
        if coming:
            found[branch.pk] = [replace(plan, is_near=plan.date <= last) for plan in coming]
    return found


def _plan(
    branch: Branch, month: Period, activity: Activity | None, known: Parameters
) -> Announcement | None:
    """Return the plan of MONTH, where nobody has made one its fixed day; None once held or cancelled."""
    if activity is None:
        day = fixed_date(month, usual_day(branch, known))
        return Announcement(branch.label, day, place=branch.meeting_place) if day else None
    if activity.state != ActivityState.PLANNED:
        return None
    return _announced(branch, activity)


def _announced(branch: Branch, activity: Activity) -> Announcement:
    return Announcement(
        branch.label, activity.date, activity.starts_at, activity.place, activity.topic
    )


def _users_due(branches: Iterable[Branch]) -> list[tuple[int, int]]:
    """Return (user, branch) of everybody due at BRANCHES today who has an account (one query)."""
    due = {branch.pk: due_ties(branch.kind.settings) for branch in branches}
    at_home = ~Q(kind=AffiliationKind.HOME) | Q(member__branch=F("branch"))
    ties = Affiliation.objects.on_roll(timezone.localdate()).filter(
        at_home, branch__in=due, member__branch__isnull=False, member__user__is_active=True
    )
    rows = ties.order_by("branch", "member").values_list("member__user", "branch", "kind")
    return list(dict.fromkeys((user, branch) for user, branch, kind in rows if kind in due[branch]))


def _told(users: Iterable[tuple[int, int]], coming: Mapping[int, list[Announcement]]) -> Told:
    """Return the last notice of each (user, page): branches of one name have pages of their own."""
    told: Told = {}
    pages = {_page(branch, plan) for branch, plans in coming.items() for plan in plans}
    for part in bulk.parts(sorted({user for user, _ in users})):
        rows = Notice.objects.filter(user__in=part, url__in=pages).order_by("pk")
        told |= {(notice.user_id, notice.url): notice for notice in rows}
    return told


def _page(branch: int, coming: Announcement) -> str:
    """Return the month in the member's calendar, marked with the branch by which a notice is known."""
    page = reverse("activities:my-calendar-month", args=[Period.of(coming.date)])
    return f"{page}#branch-{branch}"
