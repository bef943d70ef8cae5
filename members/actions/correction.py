"""A member says what is wrong in his own record, or what should not be kept (domain §6.12)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core import audit
from core.dates import words as date_words
from core.holidays import working_day_after
from core.models import User
from core.parameters import Parameters
from members.actions import keepers
from members.enums import CorrectionKind
from members.models import Member

# Working days in which whoever is asked answers (domain §6.12).
ANSWER_DAYS = "correction.answer_days"
_SAID = {
    CorrectionKind.CHANGE: ("说自己的资料有误，请核对", "申请更正资料"),
    CorrectionKind.LINK: ("想就近参加活动，请登记活动组织", "申请登记活动组织"),
    CorrectionKind.ERASE: ("请求删去自己的部分资料，请核对后办理", "申请删除资料"),
}
NOBODY = "支部和街道都还没有人开通账号，请打下面的电话告诉我们。"


def ask_correction(
    *, by: User, member: Member, text: str, kind: str = CorrectionKind.CHANGE
) -> int:
    """Tell who keeps the record of MEMBER what he says of it; return how many were told.

    The secretaries of the home branch; where it has none, the street, and where that has nobody,
    the bureau. What is to be erased (security P24) and where he takes part (SYS-04) the office
    decides, so it goes there.
    """
    if member.user_id != by.pk:
        raise PermissionDenied("只能更正自己的资料。")
    wanted = CorrectionKind(kind)
    told = keepers.nearest(member, by=by, offices_only=wanted != CorrectionKind.CHANGE)
    if not told.users:
        raise ValidationError(NOBODY)
    words, act = _SAID[wanted]
    days = Parameters(ANSWER_DAYS).number(ANSWER_DAYS)
    last = date_words(working_day_after(timezone.localdate(), days))
    with transaction.atomic():
        number = keepers.tell(
            told, text=f"{member.name}同志{words}", detail=f"请在{last}以前答复。原话：{text}"
        )
        if number:
            audit.record(by=by, act=act, instance=member)
    return number
