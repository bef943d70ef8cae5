"""Celery's side of the background runs: ids in, one call, safe to run twice."""

from celery import shared_task

from core.runs import engine, sweep_runs
from core.runs.doorbell import RING_TASK


@shared_task(name=RING_TASK)
def ring(run_id: int) -> None:
    """Carry out a run unless somebody else does."""
    engine.attend(run_id)


@shared_task(name="core.sweep_runs")
def sweep() -> None:
    """Ring for what waits; Celery beat calls it."""
    sweep_runs()
