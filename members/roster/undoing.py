"""Taking a written roster back as a whole, chunk by chunk, the last first (house §5).

Members who were changed get back what they had, ties that were begun are withdrawn, homes that were
left are home again. People whom the roster brought in are taken out: somebody registered by mistake
must not stay on record with number and address (domain §6.11). What stays of it are the opposite
figures of every chunk and the trail.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Sum
from django.utils import timezone

from branches.models import Branch
from core import audit, crypto
from core.models import User
from members.enums import LINK_KINDS, AffiliationKind, ChunkKind, RosterState
from members.models import Affiliation, Member, RosterBatch, RosterChunk
from members.roster.changing import follow_phones, unpacked, write_columns
from members.roster.register import SEALED, TABLE, read_members

REASON = "名册已撤回"
_NAMED = 50  # members listed under one obstacle
_EDITED = "导入以后，资料又改过（修改、转接、登记已故，或另一份名册）"
_ACCOUNT = "已经开通账号"
_LINKED = "导入以后，又登记了活动组织"
_NUMBER = "原来的证件号码，已由别人登记"
_OLD_HOME = "原来的党支部已经撤销，回不去"
_SCOPE = "已不在您的管理范围，请联系上级老干部局"


@dataclass(frozen=True)
class Obstacle:
    """Later work that was built on a roster: what, on how many, and the first of them by id."""

    what: str
    number: int
    members: list[int]


class BuiltOn(Exception):
    """The roster cannot be taken back; holds every obstacle."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(len(obstacles))
        self.obstacles = tuple(obstacles)


class Undo:
    """Takes one batch back for one user."""

    def __init__(self, batch: RosterBatch, *, by: User) -> None:
        self._batch = batch
        self._by = by
        self._homes = set(Branch.objects.editable_by(by).values_list("pk", flat=True))
        self._made = Member.objects.filter(roster_batch=batch)

    def left(self) -> "models.QuerySet[RosterChunk]":
        """Return the chunks that are still to be taken back, the last written first."""
        written = self._batch.chunks.filter(undoes__isnull=True, undone_by__isnull=True)
        return written.order_by("-pk")

    def refuse_if_built_on(self) -> None:
        """Raise BuiltOn when later work stands on anything that the batch wrote."""
        found = [*_about_made(self._made), *self._out_of_scope()]
        for chunk in self.left().iterator(chunk_size=20):
            found += self._about(chunk)
        if found:
            raise BuiltOn(_merged(found))

    def take_back(self, chunk: RosterChunk) -> None:
        """Take CHUNK back inside the caller's transaction; BuiltOn when somebody was quicker."""
        if chunk.kind == ChunkKind.ACTS:
            self._take_back_deeds(chunk)
        else:
            self._take_back_changes(chunk)
            self._take_out(chunk.created)
        RosterChunk.objects.create(
            batch=self._batch,
            kind=ChunkKind.UNDO,
            undoes=chunk,
            first_row=chunk.first_row,
            last_row=chunk.last_row,
            created=-chunk.created,
            changed=-chunk.changed,
            links=-chunk.links,
        )

    # --- what stands against it --------------------------------------------------------------

    def _out_of_scope(self) -> list[Obstacle]:
        mine = Member.objects.editable_by(self._by).values("pk")
        return _obstacle(_SCOPE, self._made.exclude(pk__in=mine))

    def _about(self, chunk: RosterChunk) -> list[Obstacle]:
        if chunk.kind == ChunkKind.ACTS:
            return self._about_moves([deed for deed in unpacked(chunk.changes) if deed["moved"]])
        rows = unpacked(chunk.changes)
        found = self._about_versions({pk: version for pk, _, version in rows if version})
        return found + self._about_numbers(rows)

    def _about_moves(self, moves: Sequence[dict[str, Any]]) -> list[Obstacle]:
        """Return what keeps moved members from their old homes: edited, dissolved, out of scope."""
        homes = Affiliation.objects.filter(
            pk__in=[pk for deed in moves for pk in deed["ended"]], kind=AffiliationKind.HOME
        )
        gone = homes.filter(branch__dissolved_on__isnull=False)
        away = homes.exclude(branch__in=Branch.objects.editable_by(self._by).values("pk"))
        return [
            *self._about_versions({deed["member"]: deed["version"] for deed in moves}),
            *_obstacle(_OLD_HOME, Member.objects.filter(affiliations__in=gone)),
            *_obstacle(_SCOPE, Member.objects.filter(affiliations__in=away)),
        ]

    def _about_versions(self, versions: dict[int, int], *, lock: bool = False) -> list[Obstacle]:
        columns = ("id", "version", "branch_id")
        stored = read_members(columns, "id", sorted(versions), lock=lock)
        edited = [row["id"] for row in stored if row["version"] != versions[row["id"]]]
        away = [row["id"] for row in stored if row["branch_id"] not in self._homes]
        found = [Obstacle(_EDITED, len(edited), edited[:_NAMED])] if edited else []
        return found + ([Obstacle(_SCOPE, len(away), away[:_NAMED])] if away else [])

    def _about_numbers(self, rows: Sequence[Any]) -> list[Obstacle]:
        before = {old["id_number_index"]: pk for pk, old, _ in rows if old.get("id_number_index")}
        if not before:
            return []
        taken = Member.objects.filter(id_number_index__in=before)
        held = [before[digest] for digest in taken.values_list("id_number_index", flat=True)]
        return [Obstacle(_NUMBER, len(held), held[:_NAMED])] if held else []

    # --- taking back -------------------------------------------------------------------------

    def _take_back_changes(self, chunk: RosterChunk) -> None:
        rows = unpacked(chunk.changes)
        found = self._about_versions({pk: version for pk, _, version in rows if version}, lock=True)
        if found := [*found, *self._about_numbers(rows)]:
            raise BuiltOn(_merged(found))
        called = Member.objects.filter(pk__in=[pk for pk, before, _ in rows if "phone" in before])
        phones = dict(called.values_list("pk", "phone"))
        write_columns([(pk, _stored(before)) for pk, before, _ in rows if before])
        follow_phones(phones)
        links = Affiliation.objects.filter(roster_batch=self._batch, kind__in=LINK_KINDS)
        _withdraw(links.filter(member__in=[pk for pk, _, _ in rows]))

    def _take_out(self, number: int) -> None:
        """Take out the NUMBER of people made last; those before them come with earlier chunks."""
        if not number:
            return
        last = self._made.select_for_update().order_by("-pk")
        keys = list(last.values_list("pk", flat=True)[:number])
        made = self._made.filter(pk__gte=keys[-1])
        if found := _about_made(made):
            raise BuiltOn(found)
        with connection.cursor() as cursor:
            wanted = "roster_batch_id = %s AND id >= %s"
            ties = f"member_id IN (SELECT id FROM {TABLE} WHERE {wanted})"  # noqa: S608 -- our own names
            for table, condition in ((Affiliation._meta.db_table, ties), (TABLE, wanted)):
                cursor.execute(
                    f"DELETE FROM {table} WHERE {condition}",  # noqa: S608 -- our own names
                    [self._batch.pk, keys[-1]],
                )

    def _take_back_deeds(self, chunk: RosterChunk) -> None:
        if found := self._about(chunk):
            raise BuiltOn(_merged(found))
        for deed in reversed(unpacked(chunk.changes)):
            member = Member.objects.select_for_update(of=("self",)).get(pk=deed["member"])
            _withdraw(Affiliation.objects.filter(pk__in=deed["begun"]))
            if deed["moved"]:
                self._return(member, deed)
            else:
                audit.record(
                    by=self._by, act="撤回活动组织", instance=member, note=self._batch.undo_reason
                )

    def _return(self, member: Member, deed: dict[str, Any]) -> None:
        """Let the ties that a transfer ended go on, and with them the home and the group."""
        before = audit.snapshot(member, ["branch", "group", "area_path"])
        ended = Affiliation.objects.filter(pk__in=deed["ended"])
        ended.update(ended_on=None, end_reason="")
        home = ended.filter(kind=AffiliationKind.HOME).select_related("branch").first()
        member.branch = home.branch if home else None
        group = Branch.objects.filter(pk=deed["group"], parent=member.branch_id)
        member.group = group.filter(dissolved_on__isnull=True).first()
        member.area_path = home.branch.area_path if home else member.area_path
        member.version += 1
        member.save(update_fields=["branch", "group", "area_path", "version", "updated_at"])
        after = audit.snapshot(member, ["branch", "group", "area_path"])
        audit.record(
            by=self._by,
            act="撤回组织关系转接",
            instance=member,
            before=before,
            after=after,
            note=self._batch.undo_reason,
        )


def keep_refusal(batch: RosterBatch, built: BuiltOn) -> bool:
    """Keep why BATCH cannot be taken back; return whether some of it was already."""
    has_begun = batch.chunks.filter(kind=ChunkKind.UNDO).exists()
    batch.undo_refusals = [list(astuple(obstacle)) for obstacle in built.obstacles]
    if not has_begun:
        batch.state = RosterState.DONE
    batch.save(update_fields=["undo_refusals", "state"])
    return has_begun


def finish_undo(batch: RosterBatch, *, by: User) -> None:
    """Close BATCH as taken back, and put one row into the trail."""
    undone = batch.chunks.filter(kind=ChunkKind.UNDO)
    figures = undone.aggregate(created=Sum("created"), changed=Sum("changed"), links=Sum("links"))
    batch.state, batch.undo_refusals = RosterState.UNDONE, []
    batch.save(update_fields=["state", "undo_refusals"])
    after = {name: number or 0 for name, number in figures.items()}
    audit.record(by=by, act="撤回名册导入", instance=batch, after=after, note=batch.undo_reason)


def _about_made(made: "models.QuerySet[Member]") -> list[Obstacle]:
    """Return what was built on people whom a roster brought in: everything that points at them."""
    found = _obstacle(_EDITED, made.exclude(version=1))
    found += _obstacle(_ACCOUNT, made.filter(user__isnull=False))
    for name, field in _pointing():
        told = field.model._base_manager.filter(**{f"{field.name}__in": made.values("pk")})
        if field.model is Affiliation:
            told = told.exclude(roster_batch=models.F("member__roster_batch"))
        found += _obstacle(name, Member.objects.filter(pk__in=told.values(field.name)))
    return found


def _pointing() -> Iterator[tuple[str, "models.ForeignKey[Any, Any]"]]:
    """Yield the words and the field of every row, of any room, that can point at a member."""
    for relation in Member._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            owner: Any = relation.related_model
            name = _LINKED if owner is Affiliation else f"有了{owner._meta.verbose_name}"
            yield name, relation.field


def _obstacle(what: str, rows: "models.QuerySet[Member]") -> list[Obstacle]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct()[: _NAMED + 1])
    if not keys:
        return []
    number = rows.distinct().count() if len(keys) > _NAMED else len(keys)
    return [Obstacle(what, number, keys[:_NAMED])]


def _merged(obstacles: Collection[Obstacle]) -> list[Obstacle]:
    """Return OBSTACLES with those of several chunks about the same thing as one."""
    merged: dict[str, Obstacle] = {}
    for each in obstacles:
        earlier = merged.get(each.what, Obstacle(each.what, 0, []))
        members = [*earlier.members, *each.members][:_NAMED]
        merged[each.what] = Obstacle(each.what, earlier.number + each.number, members)
    return list(merged.values())


def _stored(before: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the register stores them; the mark no longer fits the record."""
    sealed = {
        name: crypto.seal(value, SEALED[name]) if value and name in SEALED else value
        for name, value in before.items()
    }
    return sealed | {"roster_mark": ""}


def _withdraw(ties: "models.QuerySet[Affiliation]") -> None:
    """Let TIES never have been: those that stand end, and each says so."""
    today = timezone.localdate()
    for tie in ties.filter(withdrawn_on__isnull=True):
        tie.ended_on = tie.ended_on or max(today, tie.started_on or dt.date.min)
        tie.withdrawn_on, tie.end_reason = today, REASON
        tie.save(update_fields=["ended_on", "withdrawn_on", "end_reason"])
