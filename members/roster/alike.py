"""Somebody whose number is not on the register, but whose name, birth month and branch are.

A wrong digit makes one person two; two people may well share all three. So it is a question to who
brings the roster, never a merge (domain §3.3 item 14, peers §3 no. 10).
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from members.enums import RosterRowState
from members.models import Member
from members.roster.findings import finding
from members.roster.validation import Judged
from members.rules.namesakes import TOLD_BY, alike, hint_of

Named = tuple[int, str]  # branch and name
Values = Mapping[str, Any]
_COLUMNS = ("id", "version", "branch_id", "name", *TOLD_BY, "created_at")
_QUESTIONS = frozenset(
    {"ALIKE", "ALIKE_NO_NUMBER", "ALIKE_SEVERAL", "ALIKE_ROW", "ALIKE_ROW_NO_NUMBER"}
)
ASKED = Q(problems__contains='"ALIKE')  # staged rows with one of them


class Likeness:
    """Asks about newcomers who look like a member: at most one query a chunk.

    None where the register has nobody in the rows' branches, as at a bureau's first roster.
    """

    def __init__(self) -> None:
        self._peopled: frozenset[int] | None = None

    def question(self, newcomers: Sequence[Judged]) -> None:
        """Hold those of NEWCOMERS who may be a member already; of a mere namesake there is a hint."""
        asked = [judged for judged in newcomers if judged.values["branch"] in self._branches()]
        on_register = Member.objects.on_register()
        namesakes = namesakes_of([judged.values for judged in asked], on_register)
        for judged in asked:
            of_his_name = namesakes.get((judged.values["branch"], judged.values["name"]), ())
            found = alike(judged.values, of_his_name)
            if found:
                _hold(judged, found)
            elif of_his_name:
                judged.hints = (hint_of(of_his_name),)

    def _branches(self) -> frozenset[int]:
        """Return the branches that have members, asked once for a file."""
        if self._peopled is None:
            homes = Member.objects.filter(branch__isnull=False).order_by()
            self._peopled = frozenset(homes.values_list("branch", flat=True).distinct())
        return self._peopled


def unasked(problems: str) -> str | None:
    """Return PROBLEMS, as a staged row keeps them, without such questions; None where none is left."""
    left = [found for found in json.loads(problems) if found[1] not in _QUESTIONS]
    return json.dumps(left, ensure_ascii=False) if left else None


def _hold(judged: Judged, members: Sequence[dict[str, Any]]) -> None:
    judged.state = RosterRowState.ALIKE.value
    if len(members) > 1:
        judged.problems.append(finding("ALIKE_SEVERAL", "id_number", number=len(members)))
        return
    (member,) = members
    judged.member_id, judged.version = member["id"], member["version"]
    have_both = judged.values["id_number"] and member["id_number"]
    judged.problems.append(finding("ALIKE" if have_both else "ALIKE_NO_NUMBER", "id_number"))


def namesakes_of(
    asked: Sequence[Values], members: "QuerySet[Member]"
) -> dict[Named, list[dict[str, Any]]]:
    """Return those of MEMBERS who may be of the branch and name of ASKED, by both."""
    if not asked:
        return {}
    rows = members.filter(
        branch__in={values["branch"] for values in asked},
        name__in={values["name"] for values in asked},
    )
    found = defaultdict(list)
    for member in rows.order_by("pk").values(*_COLUMNS):
        found[member["branch_id"], member["name"]].append(member)
    return found
