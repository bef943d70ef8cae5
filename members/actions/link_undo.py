"""Taking back the managing links of one sheet (SYS-04, house §5): withdrawn, on record."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from branches.models import Branch
from core import audit
from core.models import User
from members.actions.link_import import forget_marks, require_verb
from members.actions.listed import close_undone, hold_to_undo
from members.actions.moving import withdraw
from members.built_on import SCOPE, Obstacle, about, refuse_if, uses_of
from members.homes import hold
from members.models import Affiliation, LinkBatch, Member

REASON = "活动组织登记已撤回"


class UndoneLinks(NamedTuple):
    """What became of a sheet: how many links were taken BACK, how many had ENDED and stay as they are."""

    back: int
    ended: int

    def sentence(self) -> str:
        """Say it."""
        ended = f"；另有{self.ended:,}个后来已结束，保持不变" if self.ended else ""
        return f"已撤回{self.back:,}个活动组织关系{ended}。记录都保留着，改好的表格可以再登记。"


@transaction.atomic
def undo_links(*, by: User, batch: LinkBatch, reason: str) -> UndoneLinks:
    """Take the links of BATCH that stand back: they never were, and say so. Safe to ask twice.

    One that ended since was set right by that, with a day and a reason of its own: it stays.
    ValidationError names every later work that stands on the others, and whose, or says that none
    is left; then nothing is changed.
    """
    require_verb(by)
    batch = hold_to_undo(by, batch, reason)
    begun = Affiliation.objects.filter(link_batch=batch)
    if not batch.is_undone:
        hold(set(begun.values_list("member", flat=True)))
        _take_back(by, batch, begun.filter(ended_on=None))
    ended = begun.filter(ended_on__isnull=False, withdrawn_on=None).count()
    return UndoneLinks(begun.filter(withdrawn_on__isnull=False).count(), ended)


def _take_back(by: User, batch: LinkBatch, ties: "QuerySet[Affiliation]") -> None:
    found = list(ties.order_by("pk").values_list("pk", "member"))
    if not found:
        raise ValidationError("登记的关系后来都已结束，没有要撤回的。")
    refuse_if(_obstacles(by, ties), by=by)
    withdraw(ties, REASON)
    forget_marks({member for _, member in found})
    close_undone(batch)
    note = f"撤回{len(found)}个。{batch.undo_reason}"
    audit.record(by=by, act="撤回活动组织登记", instance=batch, note=note)


def _obstacles(by: User, ties: "QuerySet[Affiliation]") -> list[Obstacle]:
    """Return what stands on TIES, and whose are no longer BY's at both ends (security P20)."""
    people = Member.objects.filter(pk__in=ties.values("member"))
    places = Branch.objects.editable_by(by).values("pk")
    away = ties.exclude(branch__in=places).values_list("member", flat=True)
    others = people.exclude(pk__in=Member.objects.editable_by(by).values("pk"))
    out_of_reach = {*away, *others.values_list("pk", flat=True)}
    return [*uses_of(ties), *about(SCOPE, out_of_reach)]
