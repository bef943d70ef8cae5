"""What each kind of run does. Rooms register here; core knows none of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from core.enums import RunState
from core.models import BackgroundRun

if TYPE_CHECKING:
    from core.runs.engine import Progress

Work = Callable[[BackgroundRun, "Progress"], dict[str, Any] | None]
Page = Callable[[BackgroundRun], str]
Subjects = Callable[[list[BackgroundRun]], Mapping[int, str]]
Verdict = Callable[[BackgroundRun], str]


@dataclass(frozen=True)
class Runner:
    """One kind of run: its work, its name in Chinese, and the page to show when it is done.

    ``subjects`` names what runs are about (a file, a register), by key and in one go; ``verdict``
    says in words when work that came to its end did not do what was asked.
    """

    work: Work
    name: str
    page: Page | None = None
    subjects: Subjects | None = None
    verdict: Verdict | None = None


NO_LONGER = "系统里已经没有的工作"
_runners: dict[str, Runner] = {}
_nightly: list[str] = []


def runner(
    kind: str,
    *,
    name: str,
    page: Page | None = None,
    subjects: Subjects | None = None,
    verdict: Verdict | None = None,
) -> Callable[[Work], Work]:
    """Register a function (run, progress) -> result for KIND. Its arguments hold ids only."""

    def keep(work: Work) -> Work:
        _runners[kind] = Runner(work, name, page, subjects, verdict)
        return work

    return keep


def nightly(kind: str, *, name: str) -> Callable[[Work], Work]:
    """Register work that the sweeper starts once a day, from two o'clock at night."""
    if kind not in _nightly:
        _nightly.append(kind)
    return runner(kind, name=name)


def nightly_kinds() -> tuple[str, ...]:
    """Return the kinds that run once a day."""
    return tuple(_nightly)


def find(kind: str) -> Runner | None:
    """Return what is registered for KIND, or None."""
    return _runners.get(kind)


def title_of(run: BackgroundRun) -> str:
    """Return the name of RUN's work as users know it."""
    known = find(run.kind)
    return known.name if known else NO_LONGER


def subjects_of(runs: Iterable[BackgroundRun]) -> dict[int, str]:
    """Return what RUNS are about, by key; kinds that are named alike are asked together."""
    asked: dict[Subjects, list[BackgroundRun]] = {}
    for run in runs:
        known = find(run.kind)
        if known and known.subjects:
            asked.setdefault(known.subjects, []).append(run)
    return {key: name for name_all, some in asked.items() for key, name in name_all(some).items()}


def verdict_of(run: BackgroundRun) -> str:
    """Return in words how RUN ended where it is done and yet did not do what was asked; else ""."""
    known = find(run.kind)
    if run.state != RunState.DONE or not known or not known.verdict:
        return ""
    return known.verdict(run)


def page_of(run: BackgroundRun) -> str:
    """Return the page to go to when RUN is done: the room's own, else the run's."""
    known = find(run.kind)
    return known.page(run) if known and known.page else reverse("run", args=[run.pk])
