"""Input of the pages that take a small sheet: the file, or the one that waits for its confirmation."""

import datetime as dt
from typing import Any

from django import forms
from django.core import signing
from django.db.models import Q
from django.utils import timezone

from branches.forms import ActForm
from core.dates import words
from core.forms import DateWordsField
from core.models import StoredFile
from core.parameters import Parameters
from core.rendering import FileDrop
from core.uploads import refuse_too_large
from members.models import Transfer
from members.rules.transfer import Letter, late_words
from members.sheets.transfers import VALID_DAYS

_MISSING = "请选择表格文件。"
_GONE = "表格已经写过，或放得太久已删除，请重新上传。"
_MOST = 2**31 - 1  # of the column
_WHOLE = "请填写大于0的整数，如30。"
_SALT = "members.sheet.kept"
_KEPT_FOR = dt.timedelta(days=1)


def _several_late(due_on: list[dt.date], on: dt.date | None) -> str:
    """Say of several people that their letters are no longer good ON a day, or today; the first DUE_ON is told."""
    day = "在接收那天" if on else "今天"
    return (
        f"{len(due_on)}人的介绍信{day}已过有效期（最早的到{words(min(due_on))}为止）。"
        "最好先补开或延期；"
    )


class SheetForm(ActForm):
    """A sheet; KEPT is the mark of one that was checked and waits, the private file of its sender.

    ADDRESS is that of the page. The mark is signed for it and for the sender: no other file of his
    is read, and none removed, by its number alone.
    """

    file = forms.FileField(
        label="表格文件",
        required=False,
        widget=FileDrop("选择表格文件", attrs={"accept": ".xlsx,.csv"}),
        validators=[refuse_too_large],
        error_messages={"empty": "文件是空的，请检查后重新上传。"},
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    stored: StoredFile | None = None

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        super().__init__(*args, **options)
        file: Any = self.fields["file"]
        file.is_needed = True  # read by the templates of labels; one that waits serves as well
        self._address = address

    def mark_of(self, stored: StoredFile) -> str:
        """Return the mark by which STORED comes back to this page from this user."""
        return signing.dumps([self._address, self.user.pk, str(stored.pk)], salt=_SALT)

    def clean(self) -> dict[str, Any]:
        """Find what waits, where no file was sent."""
        given = super().clean() or {}
        if given.get("file") is None and "file" not in self.errors:
            mark = given.get("kept", "")
            self.stored = self._waiting(mark)
            if self.stored is None:
                self.add_error("file", _GONE if mark or "kept" in self.errors else _MISSING)
        return given

    def _waiting(self, mark: str) -> StoredFile | None:
        """Return what was kept under MARK; None for any other mark, and when it is gone."""
        try:
            address, sender, stored = signing.loads(mark, salt=_SALT, max_age=_KEPT_FOR)
        except signing.BadSignature:
            return None
        if (address, sender) != (self._address, self.user.pk):
            return None
        return StoredFile.objects.editable_by(self.user).filter(pk=stored).first()


def _number(label: str, help_text: str) -> forms.IntegerField:
    """Return a field for how many; what no column holds is refused in words of our own."""
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=_MOST,
        error_messages={
            "invalid": _WHOLE,
            "min_value": _WHOLE,
            "max_value": "数字太大了，请检查是不是多写了几位。",
        },
        help_text=help_text,
    )


class HandOverForm(SheetForm):
    """A whole batch handed over: the agreement, the letter, the list (SYS-15)."""

    field_order = (
        *("unit", "agreement", "handed_over_on", "handed_over", "letter_no", "issued_on"),
        *("valid_days", "venue_support", "fund_support"),
    )

    unit = forms.CharField(label="移交单位", max_length=100)
    agreement = forms.CharField(
        label="移交协议或文件",
        max_length=100,
        help_text="同一家单位、同一份协议再传一份名单，就加到同一批里。",
    )
    handed_over_on = DateWordsField(label="移交日期")
    handed_over = _number("移交人数", "按协议写，名单要与它相符。")
    letter_no = forms.CharField(label="介绍信编号", max_length=100)
    issued_on = DateWordsField(label="开具日期")
    valid_days = _number("有效天数", "从开具日期算起。")
    venue_support = forms.CharField(label="场地支持", max_length=100, required=False)
    fund_support = forms.CharField(label="经费支持", max_length=100, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        days = Parameters(VALID_DAYS).number(VALID_DAYS)
        today = timezone.localdate()
        for name, value in (("handed_over_on", today), ("issued_on", today), ("valid_days", days)):
            self.initial.setdefault(name, value)

    def letter(self) -> Letter:
        """Return the letter of those who have none of their own."""
        given = self.cleaned_data
        return Letter(given["letter_no"], given["issued_on"], given["valid_days"])


class ReceiptForm(ActForm):
    """Receiving: from which day the new branch is home, and when the receipt went back."""

    on = DateWordsField(
        label="接收日期",
        required=False,
        help_text="从这一天起隶属新的党支部；不填就按名单上的转接日期。"
        "介绍信过没过有效期，按这里填的日期看；不填就按今天看。",
    )
    receipt_on = DateWordsField(
        label="回执日期", required=False, help_text="回执还没有寄回的，可以先空着。"
    )
    is_late = forms.BooleanField(label="介绍信过了有效期的，也接收", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ours = Transfer.objects.editable_by(self.user).on_the_way()
        one = Q(pk=self.row.pk) if isinstance(self.row, Transfer) else Q(batch=self.row)
        self._overdue = list(ours.filter(one).overdue().values_list("due_on", flat=True))
        if not self._overdue:
            del self.fields["is_late"]

    def clean(self) -> dict[str, Any]:
        """Ask for a tick where a letter was no longer good on the day of the receipt."""
        given = super().clean() or {}
        on, is_late = given.get("on"), given.pop("is_late", False)
        if "on" in self.errors:
            return given
        today = timezone.localdate()
        late = [due_on for due_on in self._overdue if due_on < (on or today)]
        if late and not is_late:
            one = len(late) == 1
            said = late_words(late[0], on, today=today) if one else _several_late(late, on)
            self.add_error("is_late", f"{said}确实要接收的，请勾选这一项。")
        return given


class SlipForm(ActForm):
    """The receipt that goes back after a member was received."""

    receipt_on = DateWordsField(label="回执日期")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("receipt_on", timezone.localdate())


class ReturnForm(ActForm):
    """Sending a transfer back."""

    on = DateWordsField(label="退回日期")
    reason = forms.CharField(label="退回原因", max_length=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())
