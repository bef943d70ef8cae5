"""Nightly work on party life: head counts are proved against the attendance, members told what is near."""

import logging
from typing import Any

from activities.actions.announce import announce_theme_days
from activities.actions.sums import repair_sums
from core.models import BackgroundRun
from core.runs import Progress, nightly

logger = logging.getLogger(__name__)


@nightly("nightly.check_sums", name="核对到会合计")
def check_sums(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Repair what differs; a repair is on the audit trail and worth a look at the log."""
    repaired = repair_sums(by=None)
    if repaired:
        logger.warning("check_sums: %d head counts differed and were repaired", repaired)
    return {"repaired": repaired}


@nightly("nightly.announce_theme_days", name="通知快到的主题党日")
def announce(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Tell the members of every branch whose theme day is near (月通知); whoever knows is left alone."""
    return {"told": announce_theme_days()}
