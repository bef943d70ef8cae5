"""Columns that are kept only where the bureau has switched their module on (domain §6.11)."""

from collections.abc import Mapping
from typing import Any

ON, OFF = "开", "关"
# The rule parameter of each module, and the column it is about.
COLUMNS = {"module.dues_base": "dues_base", "module.rank": "rank"}


def switched_off(values: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns whose module is off by VALUES, the parameters by key."""
    return frozenset(column for key, column in COLUMNS.items() if values[key] != ON)
