"""What a measurement says: figures, the bars they are held against, and whether they are met."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True)
class Line:
    """One figure; a bar has a limit, a note has none."""

    what: str
    figure: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its limits."""
        return (self.at_most is None or self.figure <= self.at_most) and (
            self.at_least is None or self.figure >= self.at_least
        )

    @property
    def is_bar(self) -> bool:
        """Whether it is held against a limit."""
        return self.at_most is not None or self.at_least is not None

    @property
    def verdict(self) -> str:
        """达到 or 未达到."""
        return "达到" if self.is_met else "未达到"

    def __str__(self) -> str:
        limits = (("≤", self.at_most), ("≥", self.at_least))
        told = "".join(self._held(sign, limit) for sign, limit in limits if limit is not None)
        mark = ("✓" if self.is_met else "✗") if told else " "
        return f"  {mark} {self.what}: {self.figure:,.3g} {self.unit}{told}"

    def _held(self, sign: str, limit: float) -> str:
        """Return the limit, and the figure as a share of it."""
        share = f"，标准的 {self.figure / limit:.2g}" if limit else ""
        return f"  {sign} {limit:g}{share}"


class Report:
    """Collects the lines of one measurement and prints each as it comes."""

    def __init__(self, path: Path | None = None) -> None:
        self.lines: list[Line] = []
        self._path = path

    def bar(
        self,
        what: str,
        figure: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        unit: str = "×",
    ) -> None:
        """Hold a figure against its bar."""
        self._add(Line(what, figure, unit, at_most, at_least))

    def note(self, what: str, figure: float, unit: str = "s") -> None:
        """Tell a figure that no bar is set for."""
        self._add(Line(what, figure, unit))

    @contextmanager
    def timed(self, what: str) -> Iterator[list[float]]:
        """Time a block in seconds and note it; the yielded list holds the figure afterwards."""
        seconds: list[float] = []
        start = perf_counter()
        yield seconds
        seconds.append(perf_counter() - start)
        self.note(what, seconds[0])

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        print(line, flush=True)  # noqa: T201 -- the report is what the command prints
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")


def read(path: Path) -> list[Line]:
    """Return the lines that another process reported."""
    if not path.exists():
        return []
    return [Line(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
