"""Why those were away whom the record has as 请假 or 缺席: chosen from the common reasons, or written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from activities.actions.reasons import give_reasons
from activities.forms.fields import OTHER, OpenSelect, take_over
from activities.models import Activity, Attendance
from core import text
from core.codes import CodeBook
from core.enums import CodeTable

if TYPE_CHECKING:
    from core.models import User

WHY, OTHER_WHY, SEEN = "w-", "other-", "seen-"


class Asked(NamedTuple):
    """One person of whom it is asked: how he is called, what the record has him as, the two fields.

    SEEN is the name of the field, and REASON its value, that tells what stood there when the page
    was shown.
    """

    name: str
    state: str
    seen: str
    reason: str
    why: forms.BoundField
    other: forms.BoundField


class ReasonsForm(forms.Form):
    """One list of reasons a person, the last of which opens a line to write on."""

    def __init__(
        self, data: Any = None, *, people: Iterable[tuple[Attendance, str]], by: "User"
    ) -> None:
        super().__init__(data)
        self.by = by
        self.people = list(people)
        common = [
            name for _, name in CodeBook(CodeTable.ABSENCE_REASON).choices(CodeTable.ABSENCE_REASON)
        ]
        # 其他 is what opens the line.
        common = [name for name in common if name != "其他"]
        for row, _ in self.people:
            self._ask(row, common)

    @property
    def asked(self) -> Iterator[Asked]:
        """Everybody with his fields, in the order of the record."""
        for row, name in self.people:
            key, state = row.member_id, row.get_state_display()
            why, other = self[f"{WHY}{key}"], self[f"{OTHER_WHY}{key}"]
            yield Asked(name, state, f"{SEEN}{key}", row.reason, why, other)

    def clean(self) -> dict[str, Any]:
        """Read the reasons that were changed on the page; who chose to write one must.

        What somebody else has written since the page was shown stays, and is shown where both have
        written (F17).
        """
        cleaned = super().clean() or {}
        cleaned["reasons"] = reasons = {}
        for row, name in self.people:
            key = row.member_id
            seen = self.data.get(f"{SEEN}{key}", row.reason)
            reason = self._reason(cleaned, row) if f"{WHY}{key}" in self.data else seen
            if reason in (seen, row.reason):
                continue
            reasons[key] = reason
            if seen != row.reason:
                self.add_error(f"{WHY}{key}", _moved_on(name, row.reason))
        return cleaned

    def save(self, activity: Activity) -> bool:
        """Put the reasons on record; False when the action refused, with its sentence on the page."""
        seen = {row.member_id: row.reason for row, _ in self.people}
        reasons = self.cleaned_data["reasons"]
        try:
            give_reasons(by=self.by, activity=activity, reasons=reasons, seen=seen)
        except ValidationError as refusal:
            take_over(self, refusal, {})
            return False
        return True

    def _ask(self, row: Attendance, common: list[str]) -> None:
        key, is_common = row.member_id, row.reason in ("", *common)
        choices = [("", "不写"), *((name, name) for name in common), (OTHER, "别的原因")]
        self.fields[f"{WHY}{key}"] = forms.ChoiceField(
            label="为什么没来？",
            required=False,
            choices=choices,
            widget=OpenSelect,
            initial=row.reason if is_common else OTHER,
        )
        self.fields[f"{OTHER_WHY}{key}"] = forms.CharField(
            label="写一写原因",
            required=False,
            max_length=50,
            initial="" if is_common else row.reason,
        )
        for name in (f"{WHY}{key}", f"{OTHER_WHY}{key}"):
            # The page says once that all of it may be left out.
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # read by components/field.html

    def _reason(self, cleaned: Mapping[str, Any], row: Attendance) -> str:
        chosen = cleaned.get(f"{WHY}{row.member_id}", row.reason)
        if chosen != OTHER:
            return str(chosen)
        other = f"{OTHER_WHY}{row.member_id}"
        written = text.prose(cleaned.get(other) or "")
        if not written and other not in self.errors:
            self.add_error(other, "请写一写原因，或者选“不写”。")
        return written


def _moved_on(name: str, reason: str) -> str:
    now = f"写成了“{reason}”" if reason else "改成了不写"
    return f"{name}的原因，刚才有人{now}。要改成您选的，再按一次“保存”；不改，请照着选回去。"
