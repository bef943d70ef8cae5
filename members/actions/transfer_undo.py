"""Taking a whole-batch transfer back (SYS-15, house §5): as before, on record, not where later work stands on it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from branches import trees
from branches.models import Appointment, Branch
from core import audit, bulk
from core.models import User
from members.actions.listed import close_undone, hold_to_undo
from members.actions.moving import BECAME_HOME, Return, go_back, withdraw
from members.actions.transfer import require_verb
from members.built_on import OLD_HOME, SCOPE, Obstacle, about, refuse_if, uses_of
from members.enums import LINK_KINDS, TransferState
from members.homes import HOME, hold
from members.models import Affiliation, Transfer, TransferBatch

REASON = "整建制转接已撤回"
_ON = "接收以后，组织关系又转接或转出了"
_DECEASED = "接收以后，登记为已故"
_GROUPED = "接收以后，编进了转入党支部的党小组"
_OLD_LINK = "接收以后，把原来的党支部登记为活动组织"
_ON_THE_WAY = "接收以后，又有一项在途的转接"
_POST = "接收以后，在转入的党支部任职"


class _Moved(NamedTuple):
    """Who was received: the home that began, and the ties that ended for it."""

    transfer: Transfer
    begun: int
    ended: list[int]


class Undone(NamedTuple):
    """What became of a batch that was taken back: how many went BACK, STAYED, are not to be moved."""

    batch: TransferBatch
    back: int = 0
    stayed: int = 0
    cancelled: int = 0

    def sentence(self) -> str:
        """Say it; empty where nothing was to do."""
        more = "另有" if self.back else "有"
        said = [
            f"接收的{self.back:,}人回到原来的党支部" if self.back else "",
            f"{more}{self.stayed:,}人凭别的介绍信转来的，不变" if self.stayed else "",
            f"在途的{self.cancelled:,}人不再转" if self.cancelled else "",
        ]
        return "；".join(filter(None, said)) + "。" if any(said) else ""


@transaction.atomic
def undo_transfers(*, by: User, batch: TransferBatch, reason: str) -> Undone:
    """Take BATCH back as a whole: who was received is at home where he was, nobody is on the way.

    Who came to the new branch by another letter stays there; who was sent back stays so. Safe to
    ask twice. ValidationError names every later work that stands on it, and whose; then nothing
    is changed.
    """
    require_verb(by)
    batch = hold_to_undo(by, batch, reason)
    if batch.is_undone:
        return Undone(batch)
    listed = _held(batch)
    received = [each for each in listed if each.state == TransferState.RECEIVED]
    moved = list(_moved(received))
    refuse_if([each for part in bulk.parts(moved) for each in _obstacles(by, batch, part)], by=by)
    for part in bulk.parts([one.begun for one in moved]):
        withdraw(Affiliation.objects.filter(pk__in=part), REASON)
    go_back(
        [Return(one.transfer.member_id, one.transfer.from_group_id, one.ended) for one in moved]
    )
    state = TransferState.UNDONE.value
    bulk.update(Transfer, ("state",), [(each.pk, state) for each in listed])
    close_undone(batch)
    stayed, cancelled = len(received) - len(moved), len(listed) - len(received)
    undone = Undone(batch, len(moved), stayed, cancelled)
    note = undone.sentence() + batch.undo_reason
    audit.record(by=by, act="撤回整建制转接", instance=batch, note=note)
    return undone


def _held(batch: TransferBatch) -> list[Transfer]:
    """Return what BATCH lists, with branches and members held in the order of docs/architecture.md."""
    listed = Transfer.objects.filter(batch=batch).listed().order_by("pk")
    facts = listed.values_list("from_branch_id", "to_branch_id", "member_id")
    trees.steady_branches(branch for *ends, _ in facts for branch in ends)
    hold(member for *_, member in facts)
    return list(listed.select_for_update(of=("self",)))


def _moved(received: Sequence[Transfer]) -> Iterator[_Moved]:
    """Yield those of RECEIVED whom the batch itself moved: by its letter, from the day of receipt."""
    ties: dict[int, list[Affiliation]] = defaultdict(list)
    for keys in bulk.parts([each.member_id for each in received]):
        for tie in Affiliation.objects.filter(member__in=keys, withdrawn_on=None).order_by("pk"):
            ties[tie.member_id].append(tie)
    for each in received:
        ours = ties[each.member_id]
        for begun in ours:
            came = (begun.kind, begun.branch_id, begun.started_on, begun.document)
            if came == (HOME, each.to_branch_id, each.received_on, each.letter_no):
                yield _Moved(each, begun.pk, [tie.pk for tie in ours if _ended_for(each, tie)])


def _ended_for(transfer: Transfer, tie: Affiliation) -> bool:
    """Whether receiving TRANSFER ended TIE: the old home, or a link to what is the home now."""
    on = transfer.received_on or dt.date.max
    if tie.kind in LINK_KINDS:
        last, why, branch = max(on, tie.started_on or on), BECAME_HOME, transfer.to_branch_id
    else:
        last, why, branch = on - dt.timedelta(days=1), transfer.letter_no, transfer.from_branch_id
    return (tie.branch_id, tie.ended_on, tie.end_reason) == (branch, last, why)


def _obstacles(by: User, batch: TransferBatch, moved: Sequence[_Moved]) -> list[Obstacle]:
    """Return what keeps those MOVED from where they were, one kind after the other."""
    begun = Affiliation.objects.filter(pk__in=[one.begun for one in moved])
    living = begun.filter(member__deceased_on=None)
    old = Affiliation.objects.filter(pk__in=[tie for one in moved for tie in one.ended], kind=HOME)
    mine = Branch.objects.editable_by(by).values("pk")
    away = (old | begun).exclude(branch__in=mine)  # security P20: both ends
    return [
        *_whose(_DECEASED, begun.filter(member__deceased_on__isnull=False)),
        *_whose(_ON, living.filter(ended_on__isnull=False)),
        *_whose(_GROUPED, _open(living).filter(member__group__parent=F("member__branch"))),
        *about(_OLD_LINK, _linked_to_old(moved)),
        *about(_ON_THE_WAY, _on_the_way_since(batch, moved)),
        *_whose(_POST, _posts_since(begun)),
        *uses_of(begun),
        *_whose(OLD_HOME, old.filter(branch__dissolved_on__isnull=False)),
        *_whose(SCOPE, away),
    ]


def _whose(what: str, ties: "QuerySet[Affiliation]") -> list[Obstacle]:
    """Return WHAT stands on the members of TIES.

    Asked of the ties alone: with thousands of keys on both sides of a join PostgreSQL, which has
    no statistics of what was written just now, may walk every pair.
    """
    return about(what, {*ties.order_by().values_list("member", flat=True)})


def _open(ties: "QuerySet[Affiliation]") -> "QuerySet[Affiliation]":
    return ties.filter(ended_on__isnull=True)


def _linked_to_old(moved: Sequence[_Moved]) -> set[int]:
    """Return which members have a link that stands to the branch that goes back to being home.

    Compared here: asked of the database pair by pair, either one would walk all links for each.
    """
    old = {(one.transfer.member_id, one.transfer.from_branch_id) for one in moved}
    links = Affiliation.objects.filter(member__in=[member for member, _ in old]).order_by()
    ties = _open(links).filter(kind__in=LINK_KINDS).values_list("member_id", "branch_id")
    return {member for member, branch in ties if (member, branch) in old}


def _on_the_way_since(batch: TransferBatch, moved: Sequence[_Moved]) -> set[int]:
    others = Transfer.objects.on_the_way().exclude(batch=batch).order_by()
    people = others.filter(member__in=[one.transfer.member_id for one in moved])
    return {*people.values_list("member", flat=True)}


def _posts_since(begun: "QuerySet[Affiliation]") -> "QuerySet[Affiliation]":
    """Return those of the homes BEGUN where their members were given a post since."""
    there = {"user": OuterRef("member__user"), "branch": OuterRef("branch")}
    posts = Appointment.objects.unfinished().filter(**there, started_on__gte=OuterRef("started_on"))
    return begun.filter(Exists(posts))
