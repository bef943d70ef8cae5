"""What the rules of branches read of the kinds of organisations."""

from core.enums import Engine
from core.readings import Reading, register_settings

RANKS = 1, 9


def register() -> None:
    """Tell core; called once at start-up."""
    register_settings(
        Engine.BRANCH,
        {
            "rank": Reading("whole", *RANKS),
            "may_have_members": Reading("yes_no"),
            "may_be_home": Reading("yes_no"),
            "counts_as": Reading("words"),
            "needs_tie": Reading("yes_no", may_be_missing=True),
        },
    )
