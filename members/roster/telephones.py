"""Somebody else on the register has the telephone that a row brings: a question, as in a form.

Couples share one, so it is a warning (domain §3.3 item 11). It is asked of newcomers and of
telephones that change, and speaks of those only whom the importer looks after.
"""

from collections import defaultdict
from collections.abc import Sequence

from core.models import User
from members.models import Member
from members.roster.lookups import Places
from members.roster.register import Digests, read_members
from members.roster.validation import Judged
from members.rules.phones import SHARED_CODES, held_by

_COLUMNS = ("id", "name", "branch_id", "deceased_on", "phone_index")


class Telephones:
    """Asks who else has a telephone: at most one query a chunk.

    None where the importer looks after nobody yet, as at a bureau's first roster.
    """

    def __init__(self, user: User, *, places: Places, digests: Digests) -> None:
        self._user = user
        self._places = places
        self._digests = digests
        self._has_members: bool | None = None

    def question(self, newcomers: Sequence[Judged], changing: Sequence[Judged]) -> None:
        """Warn of those of NEWCOMERS and CHANGING who bring the telephone of somebody else."""
        if not self._looks_after_anybody():
            return
        asked = [(judged, judged.values) for judged in newcomers]
        asked += [(judged, judged.changes) for judged in changing]
        digests: dict[str, list[Judged]] = defaultdict(list)
        for judged, values in asked:
            if phone := values.get("phone"):
                values["phone_index"] = digest = self._digests.phone(phone)
                if not any(found.code in SHARED_CODES for found in judged.problems):
                    digests[digest].append(judged)
        holders = self._holders(list(digests))
        for digest, named in holders.items():
            for judged in digests[digest]:
                names = [name for pk, name in named if pk != judged.member_id]
                if names:
                    judged.problems.append(held_by(names))

    def _looks_after_anybody(self) -> bool:
        """Return whether there is anybody to ask about, found out once for a file."""
        if self._has_members is None:
            self._has_members = Member.objects.editable_by(self._user).on_register().exists()
        return self._has_members

    def _holders(self, digests: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Return key and name of those on the registers in reach, by the digest of the telephone."""
        found = defaultdict(list)
        for member in sorted(
            read_members(_COLUMNS, "phone_index", digests), key=lambda each: each["id"]
        ):
            if member["branch_id"] in self._places.names and not member["deceased_on"]:
                found[member["phone_index"]].append((member["id"], member["name"]))
        return found
