"""What the front page of the admin says of the register."""

from collections.abc import Iterator

from django.urls import reverse

from core.counting import counted
from core.models import User
from core.workbench import Tile
from members.actions.proposal import VERB as LINK_VERB
from members.actions.transfer import VERB
from members.models import LinkProposal, Member, Transfer


def register_tiles(user: User) -> Iterator[Tile]:
    """Yield what is missing on the register and what is late in transfers, each for who works on it.

    待补资料 (domain §3.1), letters no longer good, receipts that are late, if any (SYS-15), links that
    wait to be confirmed, if any (SYS-04). All is counted at once; what a receipt is late by is a
    question of its own.
    """
    reads, moves = user.has_perm("members.view_member"), user.has_perm(VERB)
    if not user.has_office_post or not (reads or moves):
        return
    lacking = Member.objects.visible_to(user).on_register().incomplete()
    ours = Transfer.objects.visible_to(user)
    asked = LinkProposal.objects.visible_to(user)
    missing, overdue, unanswered, proposed = counted(
        lacking if reads else lacking.none(),
        ours.overdue() if moves else ours.none(),
        ours.late_receipts() if moves else ours.none(),
        asked.to_answer(user) if user.has_perm(LINK_VERB) else asked.none(),
    )
    if reads:
        address = reverse("admin:members_member_changelist")
        yield Tile("待补资料", missing, f"{address}?missing=any", "plan", "人")
    address = reverse("admin:members_transfer_changelist")
    if moves:
        yield Tile("组织关系在途逾期", overdue, f"{address}?state=overdue", "due", "人")
    if unanswered:
        yield Tile("组织关系回执逾期", unanswered, f"{address}?state=late", "due", "人")
    if proposed:
        address = reverse("admin:members_linkproposal_changelist")
        yield Tile("待确认的活动组织", proposed, f"{address}?state=due", "due", "人")
