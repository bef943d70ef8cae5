"""Taking hold of a row in an act: it must be the actor's, and nobody else's for the moment."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied

from branches import trees
from branches.models import Branch
from core.models import User
from members.models import Affiliation, Member
from members.rules.affiliation import check_place

Row = TypeVar("Row", Branch, Member, Affiliation)


def require_editable(by: User | None, row: Row) -> None:
    """Raise DoesNotExist where ROW is not BY's to see, PermissionDenied where it is locked.

    ``by`` None is the system: commands, demo, tests.
    """
    if by is None:
        return
    rows = type(row)._default_manager
    if rows.editable_by(by).filter(pk=row.pk).exists():
        return
    if rows.visible_to(by).filter(pk=row.pk).exists():
        raise PermissionDenied("这条资料只能查看，请联系主管的党组织修改。")
    raise type(row).DoesNotExist


def steady_place(branch: Branch, *, is_home: bool, field: str = "branch") -> Branch:
    """Return BRANCH read again, where it takes members, and keep it so until the transaction ends.

    Before ``locked``: branches first, then members (docs/architecture.md). ValidationError by FIELD.
    """
    place = trees.steady_branch(branch)
    check_standing(place, is_home=is_home, field=field)
    return place


def check_standing(place: Branch, *, is_home: bool = True, field: str = "branch") -> None:
    """PLACE takes members as it stands; ValidationError by FIELD."""
    gone = place.dissolved_on is not None
    check_place(place.kind.settings, dissolved=gone, is_home=is_home, field=field)


def locked(member: Member) -> Member:
    """Return MEMBER read again and kept from other writers until the transaction ends."""
    rows = Member.objects.select_for_update(of=("self",)).select_related("branch__area")
    return rows.get(pk=member.pk)
