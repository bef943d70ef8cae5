"""Log lines without people: what broke and where, never the sentence that came with it.

The message of an exception may quote a row (a database says which values it refused), and rows are
people. The type, the places in the code and the address of the page find the fault as well.
"""

import logging
import traceback
from types import TracebackType

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Formats exceptions as their types and places, causes included."""

    def formatException(self, ei: _Info) -> str:
        """Return one line for each exception of the chain and each place on the way."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            lines += [
                f"  {place.filename}:{place.lineno} {place.name}"
                for place in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
