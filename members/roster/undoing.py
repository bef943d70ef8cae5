"""Taking a written roster back as a whole, chunk by chunk, the last first (house §5).

Members who were changed get back what they had, ties that were begun are withdrawn, homes that were
left are home again. People whom the roster brought in are taken out: somebody registered by mistake
must not stay on record with number and address (domain §6.11). What stays of it are the opposite
figures of every chunk and the trail.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from typing import Any

from django.db import connection, models
from django.db.models import Sum

from branches import trees
from branches.models import Branch
from core import audit, crypto
from core.models import User
from members.actions.moving import Return, go_back, withdraw
from members.built_on import (
    OLD_HOME,
    SCOPE,
    BuiltOn,
    Obstacle,
    about,
    about_ended,
    among,
    merged,
)
from members.enums import LINK_KINDS, AffiliationKind, ChunkKind, RosterState, RowDecision
from members.models import Affiliation, Member, RosterBatch, RosterChange, RosterChunk
from members.roster.changing import follow_phones, unpacked, write_columns
from members.roster.decisions import VERBS
from members.roster.deeds import Deed
from members.roster.register import SEALED, TABLE, hold_members, read_members
from members.roster.settled import SettledSteps

REASON = "名册已撤回"
_PLACE = ("branch", "group", "area_path")
_EDITED = "导入以后，资料又改过（修改、转接、登记已故，或另一份名册）"
_ACCOUNT = "已经开通账号"
_LINKED = "导入以后，又登记了活动组织"
_ENDED = "导入以后，这次登记的活动组织已经结束"
_NUMBER = "原来的证件号码，已由别人登记"
_RIGHT = "您现在没有办理转接或活动组织的权限，请联系上级老干部局"


class Undo:
    """Takes one batch back for one user. BEAT is called amid long reading: a sign of life."""

    def __init__(self, batch: RosterBatch, *, by: User, beat: Callable[[], None]) -> None:
        self._batch = batch
        self._by = by
        self._homes = set(Branch.objects.editable_by(by).values_list("pk", flat=True))
        self._made = Member.objects.filter(roster_batch=batch)
        self._beat = beat
        self._settled = SettledSteps(beat)

    def left(self) -> "models.QuerySet[RosterChunk]":
        """Return the chunks that are still to be taken back, the last written first."""
        written = self._batch.chunks.filter(undoes__isnull=True, undone_by__isnull=True)
        return written.order_by("-pk")

    def people_left(self) -> int:
        """Return how many members those chunks registered or changed."""
        sums = self.left().order_by().aggregate(made=Sum("created"), changed=Sum("changed"))
        return sum(number or 0 for number in sums.values())

    def refuse_if_built_on(self) -> None:
        """Raise BuiltOn when later work stands on anything that the batch wrote."""
        found = [*self._about_made(self._made), *self._out_of_scope()]
        for chunk in self.left().iterator(chunk_size=20):
            self._beat()
            look = self._about_deeds if chunk.kind == ChunkKind.ACTS else self._about_rows
            found += look(chunk, unpacked(chunk.changes))
        if found:
            raise BuiltOn(merged(found))

    def take_back(self, chunk: RosterChunk) -> None:
        """Take CHUNK back inside the caller's transaction; BuiltOn when somebody was quicker."""
        if chunk.kind == ChunkKind.ACTS:
            self._take_back_deeds(chunk)
        else:
            self._take_back_rows(chunk)
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
        return among(SCOPE, self._made.exclude(pk__in=mine))

    def _about_rows(self, chunk: RosterChunk, rows: Sequence[Any]) -> list[Obstacle]:
        return [
            *self._about_members(chunk, {pk: version for pk, _, version in rows}),
            *about_ended(_ENDED, self._links().filter(member__in=[pk for pk, _, _ in rows])),
            *_about_numbers(rows),
        ]

    def _about_deeds(self, chunk: RosterChunk, deeds: Sequence[Deed]) -> list[Obstacle]:
        """Return what keeps members from what they were: edited, dissolved, out of scope or right."""
        moved = [deed for deed in deeds if deed["moved"]]
        linked = [deed for deed in deeds if not deed["moved"]]
        homes = Affiliation.objects.filter(
            pk__in=[pk for deed in moved for pk in deed["ended"]], kind=AffiliationKind.HOME
        )
        gone = homes.filter(branch__dissolved_on__isnull=False)
        away = homes.exclude(branch__in=Branch.objects.editable_by(self._by).values("pk"))
        versions = {deed["member"]: deed["version"] if deed["moved"] else 0 for deed in deeds}
        begun = [pk for deed in linked for pk in deed["begun"]]
        return [
            *self._about_members(chunk, versions),
            *about_ended(_ENDED, Affiliation.objects.filter(pk__in=begun)),
            *among(OLD_HOME, Member.objects.filter(affiliations__in=gone)),
            *among(SCOPE, Member.objects.filter(affiliations__in=away)),
            *self._about_right(RowDecision.MOVE, moved),
            *self._about_right(RowDecision.LINK, linked),
        ]

    def _about_right(self, decision: RowDecision, deeds: Sequence[Deed]) -> list[Obstacle]:
        keys = [deed["member"] for deed in deeds]
        return [] if self._by.has_perm(VERBS[decision]) else about(_RIGHT, keys)

    def _about_members(self, chunk: RosterChunk, versions: dict[int, int]) -> list[Obstacle]:
        """Return who is edited or out of scope; VERSIONS after the chunk, 0 where it made none."""
        stored = read_members(("id", "version", "branch_id"), "id", sorted(versions))
        edited = [
            row["id"]
            for row in stored
            if (kept := versions[row["id"]])
            and row["version"] != kept
            and row["version"] != kept + self._settled.of(row["id"], after=chunk.pk)
        ]
        away = [row["id"] for row in stored if row["branch_id"] not in self._homes]
        return about(_EDITED, edited) + about(SCOPE, away)

    def _about_made(self, made: "models.QuerySet[Member]") -> list[Obstacle]:
        """Return what was built on people whom the roster brought in: everything that points at them."""
        stepped = made.exclude(version=1).order_by("pk").values_list("pk", "version")
        edited = [
            pk for pk, version in stepped.iterator() if version != 1 + self._settled.of(pk, after=0)
        ]
        found = about(_EDITED, edited) + among(_ACCOUNT, made.filter(user__isnull=False))
        found += about_ended(_ENDED, self._links().filter(member__in=made.values("pk")))
        for name, field in _pointing():
            self._beat()
            told = field.model._base_manager.filter(**{f"{field.name}__in": made.values("pk")})
            if field.model is Affiliation:  # a home begun later is a transfer: told as edited
                told = told.filter(kind__in=LINK_KINDS)
                told = told.exclude(roster_batch=models.F("member__roster_batch"))
                told = told.filter(withdrawn_on__isnull=True)  # those of a roster taken back
            found += among(name, Member.objects.filter(pk__in=told.values(field.name)))
        return found

    # --- taking back -------------------------------------------------------------------------

    def _links(self) -> "models.QuerySet[Affiliation]":
        return Affiliation.objects.filter(roster_batch=self._batch, kind__in=LINK_KINDS)

    def _take_back_rows(self, chunk: RosterChunk) -> None:
        """Put back what CHUNK changed and take out whom it made: the last of all that are left."""
        rows = unpacked(chunk.changes)
        changed = [pk for pk, _, _ in rows]
        keys = list(self._made.order_by("-pk").values_list("pk", flat=True)[: chunk.created])
        hold_members({*changed, *keys})
        about_made = []
        if keys:
            made = self._made.filter(pk__gte=keys[-1])
            about_made = self._about_made(made)
        if found := [*about_made, *self._about_rows(chunk, rows)]:
            raise BuiltOn(merged(found))
        called = Member.objects.filter(pk__in=[pk for pk, before, _ in rows if "phone" in before])
        phones = dict(called.values_list("pk", "phone"))
        write_columns([(pk, _stored(before)) for pk, before, _ in rows if before])
        follow_phones(phones)
        withdraw(self._links().filter(member__in=changed), REASON)
        if keys:
            self._take_out(first=keys[-1])

    def _take_out(self, *, first: int) -> None:
        """Take out the people made since FIRST; those before them come with earlier chunks."""
        with connection.cursor() as cursor:
            wanted = "roster_batch_id = %s AND id >= %s"
            theirs = f"member_id IN (SELECT id FROM {TABLE} WHERE {wanted})"  # noqa: S608 -- our own names
            told = (RosterChange._meta.db_table, theirs)
            ties = (Affiliation._meta.db_table, theirs)
            for table, condition in (told, ties, (TABLE, wanted)):
                cursor.execute(
                    f"DELETE FROM {table} WHERE {condition}",  # noqa: S608 -- our own names
                    [self._batch.pk, first],
                )

    def _take_back_deeds(self, chunk: RosterChunk) -> None:
        deeds = unpacked(chunk.changes)
        ended = Affiliation.objects.filter(pk__in=[pk for deed in deeds for pk in deed["ended"]])
        homes = ended.filter(kind=AffiliationKind.HOME).values_list("branch_id", flat=True)
        groups = {deed["group"] for deed in deeds if deed["group"]}
        trees.steady_branches({*homes, *groups})
        keys = {deed["member"] for deed in deeds}
        hold_members(keys)
        if found := self._about_deeds(chunk, deeds):
            raise BuiltOn(merged(found))
        begun = [pk for deed in deeds for pk in deed["begun"]]
        withdraw(Affiliation.objects.filter(pk__in=begun), REASON)
        # Only what is read below: whole members would have every sealed column opened.
        people = Member.objects.only("name", *_PLACE)
        before = people.in_bulk(keys)
        go_back(
            [
                Return(deed["member"], deed["group"], deed["ended"])
                for deed in deeds
                if deed["moved"]
            ]
        )
        after = people.in_bulk(keys)
        for deed in deeds:
            self._record(before[deed["member"]], after[deed["member"]], moved=deed["moved"])

    def _record(self, old: Member, new: Member, *, moved: bool) -> None:
        note = self._batch.undo_reason
        if not moved:
            audit.record(by=self._by, act="撤回活动组织", instance=new, note=note)
            return
        before, after = (audit.snapshot(one, _PLACE) for one in (old, new))
        act = "撤回组织关系转接"
        audit.record(by=self._by, act=act, instance=new, before=before, after=after, note=note)


def people_written(batch: RosterBatch) -> int:
    """Return how many BATCH has registered or changed so far, be it written to its end or not."""
    written = batch.chunks.filter(undoes__isnull=True)
    sums = written.aggregate(made=Sum("created"), changed=Sum("changed"))
    return sum(number or 0 for number in sums.values())


def keep_refusal(batch: RosterBatch, built: BuiltOn) -> bool:
    """Keep why BATCH cannot be taken back; return whether some of it was already."""
    has_begun = batch.chunks.filter(kind=ChunkKind.UNDO).exists()
    batch.undo_refusals = [list(astuple(obstacle)) for obstacle in built.obstacles]
    if not has_begun:
        # What was stopped halfway can still be gone on with.
        batch.state = RosterState.DONE if batch.finished_at else RosterState.WRITING
    batch.save(update_fields=["undo_refusals", "state"])
    return has_begun


def finish_undo(batch: RosterBatch, *, by: User) -> None:
    """Close BATCH as taken back, and put one row into the trail."""
    undone = batch.chunks.filter(kind=ChunkKind.UNDO)
    figures = undone.aggregate(created=Sum("created"), changed=Sum("changed"), links=Sum("links"))
    batch.state, batch.undo_refusals = RosterState.UNDONE, []
    batch.save(update_fields=["state", "undo_refusals"])
    # An undoing counts backwards; its readers count what was taken out.
    after = {name: -(number or 0) for name, number in figures.items()}
    audit.record(by=by, act="撤回名册导入", instance=batch, after=after, note=batch.undo_reason)


def _about_numbers(rows: Sequence[Any]) -> list[Obstacle]:
    before = {old["id_number_index"]: pk for pk, old, _ in rows if old.get("id_number_index")}
    if not before:
        return []
    taken = Member.objects.filter(id_number_index__in=before)
    held = taken.values_list("id_number_index", flat=True)
    return about(_NUMBER, [before[digest] for digest in held])


def _pointing() -> Iterator[tuple[str, "models.ForeignKey[Any, Any]"]]:
    """Yield the words and the field of every row, of any room, that can point at a member."""
    for relation in Member._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            owner: Any = relation.related_model
            name = _LINKED if owner is Affiliation else f"有了{owner._meta.verbose_name}"
            yield name, relation.field


def _stored(before: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the register stores them; the mark no longer fits the record."""
    sealed = {
        name: crypto.seal(value, SEALED[name]) if value and name in SEALED else value
        for name, value in before.items()
    }
    return sealed | {"roster_mark": ""}
