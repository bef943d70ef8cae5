"""The totals of a roster beside the figures of the paper form (domain §3.3 item 18).

What is typed is only compared, never kept: no writing depends on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from members.models import RosterBatch

_GROUPS = (("gender", "性别"), ("member_kind", "党员类别"), ("person_kind", "人员类别"))
_MOST_DIGITS = 7
MOST_BRANCHES = 100


@dataclass(frozen=True)
class Figure:
    """One total: the NAME of its field in the address, what it counts, what was typed and how it fits."""

    name: str
    label: str
    number: int
    typed: str
    words: str

    @property
    def fits(self) -> bool:
        """Whether what was typed is the same."""
        return self.words == "相符"


@dataclass(frozen=True)
class Group:
    """Totals of one kind under a heading."""

    label: str
    figures: list[Figure]


def groups(batch: RosterBatch, typed: Mapping[str, Any]) -> list[Group]:
    """Return the totals of BATCH with what was TYPED (by field name) from the paper form."""
    rows = [_figure("paper-rows", "名册共有", batch.counts.get("rows", 0), typed)]
    found = [Group("人数", rows)]
    for key, label in _GROUPS:
        figures = [
            _figure(f"paper-{key}-{place}", name, number, typed)
            for place, (name, number) in enumerate(batch.totals.get(key, []))
        ]
        found.append(Group(label, figures))
    return [*found, _by_branch(batch, typed)]


def typed(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what of DATA, a posted page, was typed from the paper form, by field name."""
    figures = {name: str(said).strip() for name, said in data.items() if name.startswith("paper-")}
    return {name: said[:_MOST_DIGITS] for name, said in figures.items() if said}


def astray(batch: RosterBatch) -> list[tuple[str, str, int]]:
    """Return (key, label, number) of the rows of no branch: none was written, or none was found."""
    placed = sum(number for _, number in batch.totals.get("branch", []))
    empty = int(batch.counts.get("branchless", 0))
    lost = int(batch.counts.get("rows", 0)) - placed - empty
    found = [("empty", "未填", empty), ("astray", "没有找到", lost)]
    return [each for each in found if each[2]]


def _by_branch(batch: RosterBatch, typed: Mapping[str, Any]) -> Group:
    """Return the branches, and the rows of none, so that the lines add up to the rows."""
    figures = [
        _figure(f"paper-branch-{place}", name, number, typed)
        for place, (name, number) in enumerate(batch.totals.get("branch", [])[:MOST_BRANCHES])
    ]
    figures += [
        _figure(f"paper-{key}", label, number, typed) for key, label, number in astray(batch)
    ]
    return Group("党支部", figures)


def _figure(name: str, label: str, number: int, typed: Mapping[str, Any]) -> Figure:
    said = str(typed.get(name, "")).strip()[:_MOST_DIGITS]
    return Figure(name, label, number, said, _compared(said, number))


def _compared(said: str, number: int) -> str:
    if not said:
        return ""
    if not (said.isascii() and said.isdecimal()):
        return "请填数字"
    apart = int(said) - number
    if apart == 0:
        return "相符"
    return f"相差{abs(apart)}，纸上{'多' if apart > 0 else '少'}"
