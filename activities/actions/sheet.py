"""Printing a sign-in sheet: who stands in which row is kept (elder_ux §5, paper in, paper out)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from activities.actions.theme_day import listed_people, stored_rows
from activities.models import Activity, SignInSheet
from activities.rules.period import Period
from branches import trees
from branches.models import Branch

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def print_sheet(*, by: "User", branch: Branch, period: str) -> SignInSheet:
    """Return the sheet of the roster as it is now; the last one again when nothing has changed.

    ValidationError when there is nobody to sign.
    """
    month = Period.parse(period)
    sheets = SignInSheet.objects.filter(branch=branch, period=period)
    # Two who print at once must not take one serial: the branch's row serves as the lock.
    trees.steady_branch(branch)
    activity = Activity.objects.theme_days().filter(branch=branch, period=period).first()
    people = listed_people(branch, month, activity, stored_rows(activity))
    member_ids = [person.member_id for person in people if not person.is_guest]
    if not member_ids:
        raise ValidationError(f"{month.words}的名册里还没有党员，做不了签到表。请先核对党员名册。")
    last = sheets.order_by("-serial").first()
    if last is not None and last.member_ids == member_ids:
        return last
    serial = (sheets.aggregate(last=Max("serial"))["last"] or 0) + 1
    sheet = SignInSheet(by=by, branch=branch, period=period, serial=serial, member_ids=member_ids)
    sheet.full_clean()
    sheet.save()
    return sheet
