"""The second factor of an account: set up, asked for, taken away (等保 8.1.4.1 d, ASVS 6.3.3, 6.5)."""

import math
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_otp.util import random_number_token

from core import audit
from core.actions.accounts import require_rank
from core.models import Authenticator, SpareCode, User
from core.models.second_factor import SPARE_DIGITS

SPARE_CODES = 10
WRONG_CODE = "不对，请照手机上现在的6位数字再填一次。手机的时间要准。"


@dataclass(frozen=True)
class Tried:
    """What came of a code: the authenticator that took it, or how many seconds to wait."""

    taken_by: Authenticator | None
    wait: int = 0


@transaction.atomic
def set_up_second_factor(*, user: User, key: str, code: str) -> tuple[Authenticator, list[str]]:
    """Let USER's telephone with KEY stand for him; return it and the paper codes, shown only now.

    ValidationError: CODE is not KEY's of now, or the account has an authenticator.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two windows do not set up two
    if Authenticator.objects.filter(user=user).exists():
        raise ValidationError("这个账号已经设好了第二步验证，请重新登录。")
    authenticator = Authenticator(user=user, key=key)
    if not authenticator.takes_code(code):
        raise ValidationError(WRONG_CODE)
    authenticator.save()
    codes = _new_spare_codes(authenticator)
    audit.record(by=user, act="设置第二步验证", instance=user)
    return authenticator, codes


@transaction.atomic
def try_second_factor(*, user: User, code: str) -> Tried:
    """Look at CODE for USER: taken once, counted when wrong, on record either way.

    Nothing is raised for a wrong code: it would undo the counting. Nobody takes it whose
    authenticator was taken away meanwhile.
    """
    authenticator = Authenticator.objects.select_for_update().filter(user=user).first()
    if authenticator is None:
        return Tried(None)
    if wait := _seconds_to_wait(authenticator):
        return Tried(None, wait)
    if not authenticator.verify_token(code):
        audit.record(by=None, act="第二步验证失败", instance=user)
        return Tried(None)
    note = "用了备用码" if len(code) == SPARE_DIGITS else ""
    audit.record(by=user, act="第二步验证通过", instance=user, note=note)
    return Tried(authenticator)


@transaction.atomic
def remove_second_factor(*, by: User | None, user: User, reason: str) -> None:
    """Take USER's authenticator away: his sessions end, he sets up another at the next sign-in.

    BY is nobody on the machine's own command line. ValidationError: there is none.
    """
    if by is not None:
        require_rank(by, user)
    if by == user:
        raise ValidationError("自己的第二步验证，请另一位管理员来取消。")
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if not gone:
        raise ValidationError("这个账号没有设第二步验证，不用取消。")
    audit.record(by=by, act="取消第二步验证", instance=user, note=reason)


def _new_spare_codes(authenticator: Authenticator) -> list[str]:
    codes = [random_number_token(SPARE_DIGITS) for _ in range(SPARE_CODES)]
    SpareCode.objects.bulk_create(
        SpareCode(authenticator=authenticator, digest=authenticator.spare_digest(code))
        for code in codes
    )
    return codes


def _seconds_to_wait(authenticator: Authenticator) -> int:
    allowed, refusal = authenticator.verify_is_allowed()
    if allowed:
        return 0
    return max(1, math.ceil((refusal["locked_until"] - timezone.now()).total_seconds()))
