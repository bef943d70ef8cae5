"""Taking back the managing links of one sheet (SYS-04, house §5): withdrawn, on record."""

from django.db import transaction
from django.db.models import QuerySet

from branches.models import Branch
from core import audit
from core.models import User
from members.actions.link_import import forget_marks, require_verb
from members.actions.listed import close_undone, hold_to_undo
from members.actions.moving import withdraw
from members.built_on import SCOPE, Obstacle, about, about_ended, refuse_if, uses_of
from members.homes import hold
from members.models import Affiliation, LinkBatch, Member

REASON = "活动组织登记已撤回"
_ENDED = "登记以后，这项关系已经结束"


@transaction.atomic
def undo_links(*, by: User, batch: LinkBatch, reason: str) -> LinkBatch:
    """Take all links of BATCH back: they never were, and say so. Safe to ask twice.

    ValidationError names every later work that stands on them, and whose; then nothing is changed.
    """
    require_verb(by)
    batch = hold_to_undo(by, batch, reason)
    if batch.is_undone:
        return batch
    ties = Affiliation.objects.filter(link_batch=batch)
    members = set(ties.values_list("member", flat=True))
    hold(members)
    refuse_if(_obstacles(by, ties), by=by)
    withdraw(ties, REASON)
    forget_marks(members)
    close_undone(batch)
    note = f"撤回{batch.number}个。{batch.undo_reason}"
    audit.record(by=by, act="撤回活动组织登记", instance=batch, note=note)
    return batch


def _obstacles(by: User, ties: "QuerySet[Affiliation]") -> list[Obstacle]:
    """Return what stands on TIES, and whose are no longer BY's at both ends (security P20)."""
    people = Member.objects.filter(pk__in=ties.values("member"))
    places = Branch.objects.editable_by(by).values("pk")
    away = ties.exclude(branch__in=places).values_list("member", flat=True)
    others = people.exclude(pk__in=Member.objects.editable_by(by).values("pk"))
    out_of_reach = {*away, *others.values_list("pk", flat=True)}
    return [
        *about_ended(_ENDED, ties),
        *uses_of(ties),
        *about(SCOPE, out_of_reach),
    ]
