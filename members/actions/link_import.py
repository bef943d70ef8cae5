"""Managing links from a sheet, whole or not at all."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches import paths
from branches.refusal import FileRefused
from core import audit, bulk
from core.files import shown_name
from core.models import User
from core.spreadsheets import Row
from members.actions.request import settle_links
from members.actions.sheet_record import Look, SheetImport, on_record
from members.actions.telling import homes_of, tell_homes, tell_hosts
from members.models import Affiliation, LinkBatch, Member
from members.sheets import people
from members.sheets.links import LinkSheet

VERB = "members.add_affiliation"
_COLUMNS = (
    *("member_id", "branch_id", "kind", "started_on", "document"),
    *("end_reason", "link_batch_id"),
)


@on_record
def import_links(
    *, by: User, rows: Sequence[Row], file_name: str = "", look: Look | None = None
) -> SheetImport:
    """Begin the managing links that ROWS of a sheet name; those that stand stay as they are.

    Both ends must be the actor's (security P20). Raises FileRefused with every fault; then nothing
    is written. FILE_NAME is what the sheet was called. A LOOK writes nothing either way.
    ``counts``: rows, created, unchanged.
    """
    require_verb(by)
    with transaction.atomic():
        sheet = LinkSheet(rows, by, hold=look is None)
        if sheet.problems:
            raise FileRefused(sheet.problems, names=people.names_in(sheet.lines))
        writes = bool(sheet.new) and look is None
        batch = _begin(by, sheet, shown_name(file_name) if file_name else "") if writes else None
    counts = {"rows": len(sheet.lines), "created": len(sheet.new), "unchanged": sheet.unchanged}
    return SheetImport(counts, sorted(sheet.notes), sheet.told, batch)


def require_verb(by: User) -> None:
    """Raise PermissionDenied where BY does not register managing links."""
    if not by.has_perm(VERB):
        raise PermissionDenied("您没有登记活动组织的权限。请联系上级老干部局。")


def forget_marks(members: Collection[int]) -> None:
    """Let a roster that names the links of MEMBERS be judged afresh, not taken as known."""
    for keys in bulk.parts(sorted(members)):
        Member.objects.filter(pk__in=keys).update(roster_mark="")


def _begin(by: User, sheet: LinkSheet, file_name: str) -> LinkBatch:
    members = sorted({link.member for link in sheet.new})
    batch = LinkBatch.objects.create(
        by=by,
        number=len(sheet.new),
        file_name=file_name,
        area_path=paths.common(_area_paths(sheet, members)),
    )
    bulk.append(
        Affiliation,
        _COLUMNS,
        [
            (link.member, link.branch, link.kind, link.since.isoformat(), "", "", batch.pk)
            for link in sheet.new
        ],
    )
    forget_marks(members)
    settle_links(by=by, members=members)
    tell_homes(by=by, numbers=homes_of(members), how="按表格")
    guests = {(link.branch, link.member) for link in sheet.new}
    tell_hosts(by=by, numbers=Counter(branch for branch, _ in guests), how="按表格")
    audit.record(
        by=by,
        act="导入活动组织",
        instance=batch,
        label=sheet.places.names[sheet.new[0].branch],
        note=f"登记{len(sheet.new)}个，已有{sheet.unchanged}个",
    )
    return batch


def _area_paths(sheet: LinkSheet, members: Sequence[int]) -> list[str]:
    """Return the territory of both ends of the links that SHEET begins for MEMBERS."""
    found = {sheet.places.area_paths[link.branch] for link in sheet.new}
    for keys in bulk.parts(members):
        homes = Member.objects.filter(pk__in=keys).order_by()
        found.update(homes.values_list("area_path", flat=True).distinct())
    return sorted(found)
