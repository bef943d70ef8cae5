"""What core puts on the front page of the admin."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from core.enums import RunState
from core.models import BackgroundRun, Notice
from core.workbench import Tile

if TYPE_CHECKING:
    from core.models import User

LOOK_BACK = timedelta(days=7)


def unread_notices(user: "User") -> list[Tile]:
    """Count what USER was told and did not look at yet."""
    count = Notice.objects.visible_to(user).unread().count()
    return [Tile("未读提醒", count, f"{reverse('notices')}?show=unread", "plan", "条")]


def failed_runs(user: "User") -> list[Tile]:
    """Count the background work of the last week that was not done, one's own and the system's."""
    if not user.has_perm("core.view_backgroundrun"):
        return []
    # A whole day's beginning, so that the list behind the number stays the same all day.
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - LOOK_BACK
    asked = {
        "state__exact": RunState.FAILED,
        "finished_at__gte": since.isoformat(),
    }
    count = BackgroundRun.objects.visible_to(user).filter(**asked).count()
    if not count:
        return []
    address = f"{reverse('admin:core_backgroundrun_changelist')}?{urlencode(asked)}"
    return [Tile("后台工作没有做完", count, address, "due", "项")]
