"""Celery's side of the trees: what derives from the parents is proved and put right every night."""

import logging

from celery import shared_task

from branches.actions import repair_trees

logger = logging.getLogger(__name__)


@shared_task(name="branches.check_trees")
def check_trees() -> None:
    """Repair what differs; a repair is on the audit trail and worth a look at the log."""
    if count := repair_trees(by=None):
        logger.warning("check_trees: %d rows differed from their parents and were repaired", count)
