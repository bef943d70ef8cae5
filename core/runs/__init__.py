"""Background runs: long work whose truth is a row, rung by a broker or a thread, resumed by a sweeper.

A room registers its work in its ``AppConfig.ready``::

    @runner("roster.write", name="导入党员名册", page=lambda run: reverse("roster-batch", args=[...]))
    def write_roster(run, progress):
        progress.expect(total)
        for rows in batches(after=run.checkpoint.get("row", 0)):
            with progress.chunk(len(rows), checkpoint={"row": rows[-1].number}):
                write(rows)                      # the same transaction as the checkpoint
        return {"created": n}                    # becomes run.result

and starts it with ``start_run(by=user, kind="roster.write", key="roster:17", arguments={"batch": 17})``.
Commands call ``start_run(..., ring=False)`` and then ``run_now(run)``.
"""

from .engine import Progress, RunDone, RunFailed, run_now
from .registry import Verdict, nightly, page_of, runner, subjects_of, title_of, verdict_of
from .start import cancel_run, retry_run, start_run
from .sweeper import sweep_runs

__all__ = [
    "Progress",
    "RunDone",
    "RunFailed",
    "Verdict",
    "cancel_run",
    "nightly",
    "page_of",
    "retry_run",
    "run_now",
    "runner",
    "start_run",
    "subjects_of",
    "sweep_runs",
    "title_of",
    "verdict_of",
]
