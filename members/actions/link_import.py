"""Managing links from a sheet, whole or not at all."""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches import paths
from branches.refusal import FileRefused, Problem
from core import audit, bulk
from core.models import User
from core.spreadsheets import Row
from members.models import Affiliation, Member
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
    if not by.has_perm(VERB):
        raise PermissionDenied("您没有登记活动组织的权限。请联系上级老干部局。")
    with transaction.atomic():
        sheet = LinkSheet(rows, by, hold=not dry_run)
        if sheet.problems:
            raise FileRefused(sheet.problems, names=people.names_in(sheet.lines))
        if sheet.new and not dry_run:
            _begin(by, sheet)
    counts = {"rows": len(sheet.lines), "created": len(sheet.new), "unchanged": sheet.unchanged}
    return SheetImport(counts, sorted(sheet.notes), sheet.told)


def _begin(by: User, sheet: LinkSheet) -> None:
    bulk.append(
        Affiliation,
        _COLUMNS,
        [
            (link.member, link.branch, link.kind, link.since.isoformat(), "", "")
            for link in sheet.new
        ],
    )
    # A roster that names other links is judged afresh, not taken as known.
    for keys in bulk.parts(sorted({link.member for link in sheet.new})):
        Member.objects.filter(pk__in=keys).update(roster_mark="")
    named = {link.branch for link in sheet.new}
    audit.record(
        by=by,
        act="导入活动组织",
        label=sheet.places.names[sheet.new[0].branch],
        note=f"登记{len(sheet.new)}个，已有{sheet.unchanged}个",
        area_path=paths.common(sheet.places.area_paths[branch] for branch in named),
    )
