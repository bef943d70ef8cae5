"""What each kind of run does. Rooms register here; core knows none of them."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse

from core.enums import RunState
from core.models import BackgroundRun

if TYPE_CHECKING:
    from core.runs.engine import Progress

log = logging.getLogger(__name__)

Work = Callable[[BackgroundRun, "Progress"], dict[str, Any] | None]
Page = Callable[[BackgroundRun], str]
Subjects = Callable[[list[BackgroundRun]], Mapping[int, str]]


class Verdict(NamedTuple):
    """How work came to its end that did not do what was asked: in a word for its mark, and why."""

    word: str
    why: str


Judge = Callable[[BackgroundRun], Verdict | None]


@dataclass(frozen=True)
class Runner:
    """One kind of run: its work, its name in Chinese, and the page to show when it is done.

    ``subjects`` names what runs are about (a file, a register), by key and in one go; ``verdict``
    says when work that came to its end did not do what was asked. ``one_pen``: it writes so much
    that on SQLite, which lets one writer in at a time, such runs follow each other. ``begins_again``:
    an attempt does not go on where the last one stopped, so what it did is no sign that it gets on.
    """

    work: Work
    name: str
    page: Page | None = None
    subjects: Subjects | None = None
    verdict: Judge | None = None
    one_pen: bool = False
    begins_again: bool = False


NO_LONGER = "系统里已经没有的工作"
_runners: dict[str, Runner] = {}
_nightly: dict[str, int] = {}  # how many hours later each is due again


def runner(
    kind: str,
    *,
    name: str,
    page: Page | None = None,
    subjects: Subjects | None = None,
    verdict: Judge | None = None,
    one_pen: bool = False,
    begins_again: bool = False,
) -> Callable[[Work], Work]:
    """Register a function (run, progress) -> result for KIND. Its arguments hold ids only."""

    def keep(work: Work) -> Work:
        _runners[kind] = Runner(work, name, page, subjects, verdict, one_pen, begins_again)
        return work

    return keep


def nightly(kind: str, *, name: str, again_after: int = 24) -> Callable[[Work], Work]:
    """Register work that the sweeper starts at two o'clock at night, and AGAIN_AFTER so many hours."""
    _nightly[kind] = again_after
    return runner(kind, name=name)


def nightly_kinds() -> Mapping[str, int]:
    """Return the kinds that run every night, with the hours after which each is due again."""
    return MappingProxyType(_nightly)


def find(kind: str) -> Runner | None:
    """Return what is registered for KIND, or None."""
    return _runners.get(kind)


def pen_kinds() -> list[str]:
    """Return the kinds of which SQLite carries out one run at a time."""
    return [kind for kind, known in _runners.items() if known.one_pen]


def title_of(run: BackgroundRun) -> str:
    """Return the name of RUN's work as users know it."""
    known = find(run.kind)
    return known.name if known else NO_LONGER


def subjects_of(runs: Iterable[BackgroundRun]) -> dict[int, str]:
    """Return what RUNS are about, by key; kinds that are named alike are asked together.

    Empty where the room broke on the question.
    """
    asked: dict[Subjects, list[BackgroundRun]] = {}
    for run in runs:
        known = find(run.kind)
        if known and known.subjects:
            asked.setdefault(known.subjects, []).append(run)
    named: dict[int, str] = {}
    for name_all, some in asked.items():
        told: Mapping[int, str] = dict.fromkeys((run.pk for run in some), "")
        with _answering(some[0], "its subject"):
            told = name_all(some)
        named |= told
    return named


def verdict_of(run: BackgroundRun) -> Verdict | None:
    """Return how RUN ended where it is done and yet did not do what was asked; else None."""
    known = find(run.kind)
    if run.state == RunState.DONE and known and known.verdict:
        with _answering(run, "how it ended"):
            return known.verdict(run)
    return None


def page_of(run: BackgroundRun) -> str:
    """Return the page to go to when RUN is done: the room's own, else the run's."""
    known = find(run.kind)
    if known and known.page:
        with _answering(run, "its page"):
            return known.page(run)
    return reverse("run", args=[run.pk])


@contextmanager
def _answering(run: BackgroundRun, what: str) -> Iterator[None]:
    """Let a room tell WHAT of RUN, and go on without where it breaks.

    It may break on what is gone since; the run must end all the same, and no list goes down by one
    kind's fault.
    """
    try:
        yield
    # Everything, as any room's code runs here; logged by its kind only, since the message may quote
    # a row.
    except Exception as error:
        log.warning("run %s (%s) cannot tell %s: %s", run.pk, run.kind, what, type(error).__name__)
