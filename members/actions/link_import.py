"""Managing links from a sheet, whole or not at all."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches import paths
from branches.refusal import FileRefused, Problem
from core import audit, bulk
from core.models import User
from core.spreadsheets import Row
from members.models import Affiliation, LinkBatch, Member
from members.sheets import people
from members.sheets.links import LinkSheet
from members.sheets.preview import SheetRow

VERB = "members.add_affiliation"
_COLUMNS = (
    *("member_id", "branch_id", "kind", "started_on", "document"),
    "end_reason",
)


class SheetImport(NamedTuple):
    """What a sheet did: counts by word, what was taken otherwise than written, by row, and each row."""

    counts: dict[str, int]
    notes: list[Problem]
    rows: Sequence[SheetRow] = ()


def import_links(*, by: User, rows: Sequence[Row], dry_run: bool = False) -> SheetImport:
    """Begin the managing links that ROWS of a sheet name; those that stand stay as they are.

    Both ends must be the actor's (security P20). Raises FileRefused with every fault; then nothing
    is written. DRY_RUN writes nothing either way. ``counts``: rows, created, unchanged.
    """
    require_verb(by)
    with transaction.atomic():
        sheet = LinkSheet(rows, by, hold=not dry_run)
        if sheet.problems:
            raise FileRefused(sheet.problems, names=people.names_in(sheet.lines))
        if sheet.new and not dry_run:
            _begin(by, sheet)
    counts = {"rows": len(sheet.lines), "created": len(sheet.new), "unchanged": sheet.unchanged}
    return SheetImport(counts, sorted(sheet.notes), sheet.told)


def require_verb(by: User) -> None:
    """Raise PermissionDenied where BY does not register managing links."""
    if not by.has_perm(VERB):
        raise PermissionDenied("您没有登记活动组织的权限。请联系上级老干部局。")


def forget_marks(members: Collection[int]) -> None:
    """Let a roster that names the links of MEMBERS be judged afresh, not taken as known."""
    for keys in bulk.parts(sorted(members)):
        Member.objects.filter(pk__in=keys).update(roster_mark="")


def _begin(by: User, sheet: LinkSheet) -> None:
    bulk.append(
        Affiliation,
        _COLUMNS,
        [
            (link.member, link.branch, link.kind, link.since.isoformat(), "", "")
            for link in sheet.new
        ],
    )
    forget_marks({link.member for link in sheet.new})
    links, area_paths = _begun(sheet)
    batch = LinkBatch.objects.create(
        by=by, number=len(links), links=links, area_path=paths.common(area_paths)
    )
    audit.record(
        by=by,
        act="导入活动组织",
        instance=batch,
        label=sheet.places.names[sheet.new[0].branch],
        note=f"登记{len(sheet.new)}个，已有{sheet.unchanged}个",
    )


def _begun(sheet: LinkSheet) -> tuple[list[int], list[str]]:
    """Return the keys of the links that SHEET began, and the territory of both their ends."""
    new = {(link.member, link.branch, link.kind) for link in sheet.new}
    area_paths = {sheet.places.area_paths[branch] for _, branch, _ in new}
    keys: list[int] = []
    standing = Affiliation.objects.filter(ended_on=None).order_by("pk")
    facts = ("pk", "member_id", "branch_id", "kind", "member__area_path")
    for members in bulk.parts(sorted({member for member, *_ in new})):
        for pk, *tie, path in standing.filter(member__in=members).values_list(*facts):
            if tuple(tie) in new:
                keys.append(pk)
                area_paths.add(path)
    return keys, sorted(area_paths)
