"""What is due in party life, for the bureau's front page."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from activities.enums import READY
from activities.models import Activity
from activities.querysets import FIRST_MONTH, owing_branches
from activities.rules.period import Period
from branches.models import Branch
from core.counting import counted
from core.models import User
from core.parameters import Parameters
from core.workbench import Tile


def theme_day_tiles(user: User) -> Iterator[Tile]:
    """Yield branches without this and last month's theme day, and records to archive (two queries)."""
    if not user.has_office_post or not user.has_perm("activities.view_activity"):
        return
    today = timezone.localdate()
    month, known = Period.of(today), Parameters(FIRST_MONTH)
    open_now, missed, ready = counted(
        owing_branches(Branch.objects.visible_to(user), month, known),
        owing_branches(Branch.objects.visible_to(user), month.previous, known),
        Activity.objects.visible_to(user).ready_to_archive(today),
    )
    for period, count, words, tone in (
        (month, open_now, "还没登记主题党日", "plan"),
        (month.previous, missed, "缺主题党日", "due"),
    ):
        grid = reverse("admin:year-grid", args=[period.year])
        address = f"{grid}?{urlencode({'without': str(period)})}"
        yield Tile(f"{period.month}月{words}的支部", count, address, tone, "个")
    records = reverse("admin:activities_activity_changelist")
    yield Tile("可归档的活动记录", ready, f"{records}?state={READY}", "", "项")
