"""Members of other branches, as it was decided: transferred, or tied by a managing link.

Each goes through the ordinary act with its checks and its row in the trail, a few in a transaction;
what the act refuses is held, with the act's own sentence.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from branches import trees
from branches.models import Branch
from core.models import User
from members.actions import transfer_member
from members.actions.affiliation import begin_link
from members.enums import AffiliationKind, ChunkKind, RosterRowState, RowDecision
from members.models import Affiliation, Member, RosterBatch, RosterChunk, RosterRow
from members.roster.changing import mark, packed_json, problem_of_lost_branch
from members.roster.decisions import ACTS, VERBS
from members.roster.findings import finding
from members.roster.register import hold_members
from members.rules.problems import Problem

DEEDS_A_CHUNK = 20  # an act costs some ten questions; more at once would keep writers waiting
_NO_VERB = "您现在没有办理这一项的权限，请联系上级老干部局。"
Deed = dict[str, Any]


class Deeds:
    """Carries out what was decided about members of other branches of one batch."""

    def __init__(self, batch: RosterBatch, *, by: User) -> None:
        self._batch = batch
        self._by = by

    def left(self) -> int:
        """Return how many are still to be done."""
        return self._rows().count()

    def carry_out(self) -> None:
        """Do the next few inside the caller's transaction, and keep how to undo them."""
        columns = ("row", "member_id", "version", "branch", "decision", "detail")
        rows = list(self._rows().values(*columns)[:DEEDS_A_CHUNK])
        if not rows:
            return
        # All of them before the first act, in the order in which everybody takes them.
        branches = trees.hold_branches(row["branch"] for row in rows)
        hold_members(row["member_id"] for row in rows)
        members = Member.objects.in_bulk([row["member_id"] for row in rows])
        done = []
        for row in rows:
            member, branch = members.get(row["member_id"]), branches.get(row["branch"])
            deed = self._deed(row, member, branch)
            if isinstance(deed, Problem):
                staged = RosterRow.objects.filter(batch=self._batch, row=row["row"])
                mark(staged, deed, state=RosterRowState.HELD)
            else:
                done.append(deed)
        RosterChunk.objects.create(
            batch=self._batch,
            kind=ChunkKind.ACTS,
            first_row=rows[0]["row"],
            last_row=rows[-1]["row"],
            changed=len(done),
            changes=packed_json(done),
        )

    def _rows(self) -> "QuerySet[RosterRow]":
        done = self._batch.chunks.filter(kind=ChunkKind.ACTS).order_by("-last_row")
        last = done.values_list("last_row", flat=True).first() or 0
        rows = RosterRow.objects.filter(batch=self._batch, state=RosterRowState.ELSEWHERE)
        return rows.filter(decision__in=ACTS, row__gt=last).order_by("row")

    def _deed(
        self, row: dict[str, Any], member: Member | None, branch: Branch | None
    ) -> Deed | Problem:
        if member is None or branch is None:
            return problem_of_lost_branch()
        if member.version != row["version"]:
            return finding("EDITED_MEANWHILE", "name")
        if not self._by.has_perm(VERBS[row["decision"]]):
            return finding("ACT_REFUSED", "branch", message=_NO_VERB)
        try:
            if row["decision"] == RowDecision.MOVE:
                return self._move(member, branch, self._batch.moved_on or timezone.localdate())
            return self._link(member, branch, row["detail"])
        except ValidationError as refused:
            return finding("ACT_REFUSED", "branch", message="".join(refused.messages))
        except (ObjectDoesNotExist, PermissionDenied):
            return problem_of_lost_branch()

    def _move(self, member: Member, branch: Branch, on: dt.date) -> Deed:
        """Transfer; return the member, his group and the ties that ended before and began."""
        before = set(_open(member))
        group = member.group_id
        moved = transfer_member(
            by=self._by,
            member=member,
            to=branch,
            on=on,
            document=self._batch.moved_document,
        )
        after = set(_open(moved))
        return {
            "member": moved.pk,
            "moved": True,
            "version": moved.version,
            "group": group,
            "ended": sorted(before - after),
            "begun": sorted(after - before),
        }

    def _link(self, member: Member, branch: Branch, kind: str) -> Deed:
        link = begin_link(
            by=self._by,
            member=member,
            branch=branch,
            kind=AffiliationKind(kind),
            document="名册导入",
        )
        return {
            "member": member.pk,
            "moved": False,
            "version": member.version,
            "group": None,
            "ended": [],
            "begun": [link.pk],
        }


def _open(member: Member) -> Any:
    ties = Affiliation.objects.filter(member=member, ended_on__isnull=True)
    return ties.values_list("pk", flat=True)
