"""Opening a masked field, on record (domain §6.3, security P5)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404

from core import audit, rules, signin
from core.fields import SealedTextField
from core.models import User
from core.parameters import Parameters

MOST_A_DAY = "reveal.most_a_day"


@transaction.atomic
def reveal(*, by: User, instance: models.Model, field: str, reason: str) -> str:
    """Return the plain text of a sealed FIELD of INSTANCE and record who read it and why.

    Needs the verb ``reveal_<model>`` and the row in reach. Http404: not in reach.
    PermissionDenied: not his to open. ValidationError: no reason given, or the day's number is
    used up (parameter ``reveal.most_a_day``): nobody copies the register by hand.
    """
    opts = instance._meta
    sealed = opts.get_field(field)
    if not isinstance(sealed, SealedTextField):
        raise TypeError(f"{opts.label}.{field} is not sealed")
    rows = type(instance)._default_manager
    if not rows.visible_to(by).filter(pk=instance.pk).exists():  # type: ignore[attr-defined]  # every sealed register is scoped
        raise Http404
    if not by.has_perm(f"{opts.app_label}.reveal_{opts.model_name}"):
        raise PermissionDenied("您的账号不能查看完整内容。")
    if not rules.says_why(reason):
        raise ValidationError({"reason": "请写明为什么要看，例如“核对转接手续”。"})
    most = Parameters(MOST_A_DAY).number(MOST_A_DAY)
    if not signin.take_try(f"r:{by.pk}", most=most):
        raise ValidationError(
            f"今天查看完整号码已满{most}次，明天再看。确实需要的，请系统管理员调整这项参数。"
        )
    note = f"{sealed.verbose_name}：{reason.strip()}"
    audit.record(by=by, act=audit.REVEALED, instance=instance, note=note)
    return str(getattr(instance, field))
