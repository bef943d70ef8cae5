"""How far a run is, said on a command's error output while it works."""

import time

from django.core.management.base import OutputWrapper

from core.models import BackgroundRun
from core.runs import title_of

_SECONDS = 3.0


class ProgressLine:
    """Says a line every few seconds: 核对党员名册：已完成 12,000 / 50,000 行，大约还要2分钟."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream = stream
        self._said = time.monotonic() - _SECONDS  # the first chunk is told at once

    def __call__(self, run: BackgroundRun) -> None:
        """Say how far RUN is, unless that was said just now."""
        if time.monotonic() - self._said < _SECONDS:
            return
        self._said = time.monotonic()
        parts = [f"{title_of(run)}：已完成 {run.done:,} / {run.total:,} 行", run.time_left]
        if not run.total:
            parts = [f"{title_of(run)}：已完成 {run.done:,} 行"]
        self._stream.write("，".join(filter(None, parts)))
