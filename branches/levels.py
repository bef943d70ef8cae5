"""What the levels of the territory are called here (domain §0 N6).

The bureau keeps the names in the code table 区划层级: one calls its streets 镇, another 乡镇街道.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from branches.enums import AreaLevel
from branches.rules import REGION_NAMES
from core.codes import names
from core.enums import CodeTable


class LevelNames(Mapping[int, str]):
    """Names by rank, those of province and city included; one query when the first is asked for."""

    @cached_property
    def _names(self) -> dict[int, str]:
        kept = names(CodeTable.AREA_LEVEL)
        own = {level.value: kept.get(str(level.value), str(level.label)) for level in AreaLevel}
        return REGION_NAMES | own

    def __getitem__(self, rank: int) -> str:
        return self._names[rank]

    def __iter__(self) -> Iterator[int]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
