"""How far a run is, said on a command's error output while it works."""

import time
from argparse import ArgumentParser

from django.core.management.base import OutputWrapper

from core.models import BackgroundRun
from core.runs import title_of

_SECONDS = 3.0


def add_progress(parser: ArgumentParser) -> None:
    """Take --progress: where nobody sits in front of it a command says nothing by itself."""
    parser.add_argument(
        "--progress", action="store_true", help="在错误输出上说进度；在终端里总是说"
    )


def watch_of(stream: OutputWrapper, *, asked: bool) -> "ProgressLine | None":
    """Return what tells on STREAM how far a run is: when it was ASKED for, or in a terminal."""
    return ProgressLine(stream) if asked or stream.isatty() else None


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
