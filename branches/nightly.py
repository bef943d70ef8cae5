"""Nightly work on the trees: what derives from the parents is proved and put right."""

import logging
from typing import Any

from branches.actions import repair_trees
from core.models import BackgroundRun
from core.runs import Progress, nightly

logger = logging.getLogger(__name__)


@nightly("nightly.check_trees", name="核对并修复组织树")
def check_trees(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Repair what differs; a repair is on the audit trail and worth a look at the log."""
    repaired = repair_trees(by=None)
    if repaired:
        logger.warning(
            "check_trees: %d rows differed from their parents and were repaired", repaired
        )
    return {"repaired": repaired}
