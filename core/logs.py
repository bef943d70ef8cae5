"""Log lines without people: what broke and where, never the sentence that came with it.

The message of an exception may quote a row (a database says which values it refused), and rows are
people. The type, the places in the code and the address of the page find the fault as well.
"""

import logging
import traceback
from types import TracebackType

# Of a stranger's own words, which may be as long as a header.
_LONGEST = 200

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


# What Django calls the ways of asking wrongly, each a logger of its own below django.security; they
# are named one by one because a filter does not reach the loggers below. The rest of that branch, as
# refused forms, is told otherwise.
STRANGERS_FAULTS = (
    *("SuspiciousOperation", "DisallowedHost", "DisallowedRedirect", "SuspiciousFileOperation"),
    *("SuspiciousMultipartForm", "TooManyFieldsSent", "TooManyFilesSent", "RequestDataTooBig"),
    *("DisallowedModelAdminLookup", "DisallowedModelAdminToField"),
    *("SuspiciousSession", "InvalidSessionKey"),
)


class StrangersFault(logging.Filter):
    """Makes one line of what a stranger asked wrongly: scanners do so all day, and nothing broke.

    A warning without the places in the code, which are always the same; errors may ring somebody.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let RECORD pass, made small."""
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
        record.msg, record.args = record.getMessage()[:_LONGEST], ()
        return True
