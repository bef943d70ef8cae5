"""``manage.py roster_hand``: a process that helps another to check a roster (``members.roster.crew``)."""

import contextlib
import gc
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.models import User
from members.models import RosterBatch
from members.roster.assessing import Assessor
from members.roster.copies import serve
from members.roster.pipes import receive, send


class Command(BaseCommand):
    """Assess the chunks that come on standard input until it ends; nothing is written but answers."""

    help = "核对名册时由系统自己启动的帮手，不用手工运行。"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Read whose batch it is and its terms, then chunk after chunk."""
        gc.disable()  # rows make no cyclic garbage, and the process ends with the file
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing else may speak between
            # Whoever started it may be gone: then nobody waits for the answer.
            with contextlib.suppress(EOFError, BrokenPipeError):
                self._work(sys.stdin.buffer, out)

    def _work(self, pipe: Any, out: Any) -> None:
        batch_id, user_id, terms = receive(pipe)
        batch = RosterBatch.objects.select_related("branch__area").get(pk=batch_id)
        assessor = Assessor(batch, User.objects.get(pk=user_id), terms)
        send(out, "ready")
        serve(assessor, pipe, out)
