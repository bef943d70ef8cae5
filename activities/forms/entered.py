"""What the tiles of the log page said of each member when the page was sent."""

from collections.abc import Collection, Iterable
from typing import Any

from activities.enums import AWAY, AttendanceState
from activities.rules.record import MARK_KEY
from core.rules import is_key

HERE = "here"
WHY_KEY = "w-"  # short: it stands five times beside each of sixty people
NOBODY = -1


def named(data: Any) -> list[int]:
    """Return the ids of all members that DATA names; NOBODY stands for what is no id."""
    names = [*data.getlist(HERE)]
    for key in data:
        for prefix in (WHY_KEY, MARK_KEY):
            if key.startswith(prefix):
                names.append(key.removeprefix(prefix))
    return [int(name) if is_key(name) else NOBODY for name in names]


def state_of(data: Any, member: int, *, is_guest: bool) -> str:
    """Return the state chosen for MEMBER on his tile; empty where nothing was said of him.

    Another day than the page was drawn for may make a guest of who was due, or the other way round:
    what his tile asked then is no answer to what is asked now.
    """
    here, why = str(member) in data.getlist(HERE), data.get(f"{WHY_KEY}{member}", "")
    if is_guest:
        # Of a guest it is asked how he took part, not why he stayed away.
        return (why or AttendanceState.PRESENT) if here and why not in AWAY else ""
    if here:
        return AttendanceState.PRESENT
    return "" if why == AttendanceState.PRESENT else why


def mark_key(member: int) -> str:
    """Return the name under which a record's contents have the state of MEMBER."""
    return f"{MARK_KEY}{member}"


def leaves_out(data: Any, guests: Iterable[int], were_due: Collection[int]) -> bool:
    """Return whether the page that sent DATA asked of any of GUESTS nothing, or not as of a guest.

    Those WERE_DUE on the day for which it was drawn. The page on which two versions are put together
    asks of nobody but who differs.
    """
    if any(key.startswith(MARK_KEY) for key in data):
        return False
    return bool(were_due) or any(
        data.get(f"{WHY_KEY}{member}", AttendanceState.ABSENT) in AWAY for member in guests
    )
