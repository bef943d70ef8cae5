"""Nightly work on the trees: what derives from the parents is proved and put right."""

import logging
from typing import Any

from branches import actions
from core.models import BackgroundRun
from core.runs import Progress, RunFailed, nightly

logger = logging.getLogger(__name__)


@nightly("nightly.check_trees", name="核对并修复组织树")
def check_trees(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Repair what differs; a repair is on the audit trail and worth a look at the log.

    RunFailed: something is left that only somebody who knows the right parent can mend.
    """
    repaired = actions.repair_trees(by=None)
    if repaired:
        logger.warning(
            "check_trees: %d rows differed from their parents and were repaired", repaired
        )
    report = actions.check_trees()
    if circling := report["areas"]["loop"] + report["branches"]["loop"]:
        raise RunFailed(
            f"有{circling}个区划或党组织的上下级绕成了圈，程序改不了。请系统管理员查清它们的上级，再改过来。"
        )
    return {"repaired": repaired}
