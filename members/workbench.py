"""What the front page of the admin says of the register."""

from urllib.parse import urlencode

from django.urls import reverse

from core.counting import counted
from core.models import User
from core.workbench import Tile
from members.actions.transfer import VERB
from members.models import Member, Transfer


def incomplete_tile(user: User) -> list[Tile]:
    """Count the members on the register who lack a required fact (domain §3.1), for who may see them."""
    if not user.has_office_post or not user.has_perm("members.view_member"):
        return []
    count = Member.objects.visible_to(user).on_register().incomplete().count()
    address = reverse("admin:members_member_changelist")
    return [Tile("待补资料", count, f"{address}?{urlencode({'missing': 'any'})}", "plan", "人")]


def overdue_tile(user: User) -> list[Tile]:
    """Count the transfers whose letter is no longer good, and the receipts that are late, if any (SYS-15)."""
    if not user.has_office_post or not user.has_perm(VERB):
        return []
    ours = Transfer.objects.visible_to(user)
    overdue, without = counted(ours.overdue(), ours.late_receipts())
    address = reverse("admin:members_transfer_changelist")
    tiles = [Tile("组织关系在途逾期", overdue, f"{address}?state=overdue", "due", "人")]
    if without:
        tiles.append(Tile("组织关系回执逾期", without, f"{address}?state=late", "due", "人"))
    return tiles
