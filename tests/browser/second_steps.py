"""The pages of the second factor, as an installation has them that asks office posts for it."""

from typing import Any

import pytest

from tests.core.second_steps import telephone_of

Request = pytest.FixtureRequest


def asked_for_the_first_time(request: Request) -> dict[str, Any]:
    """Ask office posts."""
    request.getfixturevalue("settings").SECOND_FACTOR = "office"
    return {}


def asked(request: Request) -> dict[str, Any]:
    """Ask the bureau, which has set it up."""
    telephone_of(request.getfixturevalue("bureau_staff"))
    return asked_for_the_first_time(request)
