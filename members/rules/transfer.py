"""Letters of introduction and placement (SYS-15, domain R-TR-02…05).

Each ``check_…`` raises ValidationError with sentences by field; nothing else.
"""

import datetime as dt
from typing import NamedTuple

from django.core.exceptions import ValidationError

from core.dates import words

RECEIPT_DAYS = "transfer.receipt_days"
_NEARLY_ALL = 9_999  # hundredths of a per cent


class Letter(NamedTuple):
    """A letter of introduction: its number, the day it was issued, for how many days it is good."""

    number: str
    issued_on: dt.date
    valid_days: int

    @property
    def due_on(self) -> dt.date:
        """The last day on which it is good."""
        return self.issued_on + dt.timedelta(days=self.valid_days)


def check_letter(letter: Letter, *, today: dt.date, most: int) -> None:
    """A letter is numbered, was issued, and is good for no longer than MOST days (R-TR-02)."""
    if not letter.number:
        raise ValidationError({"letter_no": "请填写介绍信编号或文件名称。"})
    if letter.issued_on > today:
        raise ValidationError({"issued_on": "开具日期晚于今天，请检查年份。"})
    if not 1 <= letter.valid_days <= most:
        raise ValidationError({"valid_days": f"介绍信有效期应在1到{most}天之间。"})


def check_receipt(*, on: dt.date, handed_over_on: dt.date, today: dt.date) -> None:
    """A member is received on or after the day he was handed over."""
    if on > today:
        raise ValidationError({"on": "接收日期晚于今天，请检查年份。"})
    if on < handed_over_on:
        raise ValidationError({"on": f"接收日期不能早于转接日期{words(handed_over_on)}。"})


def check_return(*, on: dt.date, issued_on: dt.date, today: dt.date) -> None:
    """A transfer is sent back on or after the day its letter was issued."""
    if on > today:
        raise ValidationError({"on": "退回日期晚于今天，请检查年份。"})
    if on < issued_on:
        raise ValidationError({"on": f"退回日期不能早于介绍信的开具日期{words(issued_on)}。"})


def check_receipt_slip(
    *, sent_on: dt.date, issued_on: dt.date, received_on: dt.date, today: dt.date
) -> None:
    """The receipt goes back once the letter that it answers is there and the member was received."""
    if sent_on > today:
        raise ValidationError({"receipt_on": "回执日期晚于今天，请检查年份。"})
    if sent_on < issued_on:
        said = f"回执日期不能早于介绍信的开具日期{words(issued_on)}。"
        raise ValidationError({"receipt_on": said})
    if sent_on < received_on:
        raise ValidationError({"receipt_on": f"回执日期不能早于接收日期{words(received_on)}。"})


def receipt_cutoff(day: dt.date, *, within: int) -> dt.date:
    """Return the first day of reception whose receipt is not late on DAY: it goes back WITHIN days (R-TR-04)."""
    return day - dt.timedelta(days=within)


def overdue_words(due_on: dt.date, day: dt.date) -> str:
    """Return 已逾期1天 for a letter that was good until DUE_ON; empty while it is good."""
    late = (day - due_on).days
    return f"已逾期{late}天" if late > 0 else ""


def placement_words(placed: int, total: int) -> str:
    """Return 安置 4,470/4,481（99.75%）; rounded, but 100% only where it is everybody; — of nobody."""
    if not total:
        return "—"
    hundredths = round(placed * 10_000 / total)
    if placed < total:
        hundredths = min(hundredths, _NEARLY_ALL)
    return f"安置 {placed:,}/{total:,}（{hundredths / 100:.2f}%）"


def late_words(due_on: dt.date, on: dt.date | None, *, today: dt.date) -> str:
    """Say that somebody is received ON a day on which his letter was no longer good; empty while it was.

    Where nobody says on what day he came, he comes TODAY.
    """
    late = ((on or today) - due_on).days
    if late <= 0:
        return ""
    said = f"接收日期晚了{late}天" if on else f"没填接收日期，按今天算已逾期{late}天"
    return f"介绍信有效期到{words(due_on)}为止，{said}。请先补开或延期。"


def reconciling_words(listed: int, handed_over: int, *, sent_back: int = 0) -> str:
    """Say how the list of names stands to the number handed over.

    SENT_BACK are those who were returned and are not listed again: they were handed over too.
    """
    said = f"名单{listed:,}人，"
    if sent_back:
        said += f"另有{sent_back:,}人已退回，"
    missing = handed_over - listed - sent_back
    if listed > handed_over:
        return f"{said}多于移交人数{handed_over:,}人，请核对。"
    if missing > 0:
        return f"{said}比移交人数少{missing:,}人，请补上名单。"
    return f"{said}与移交人数相符。" if missing == 0 else f"{said}合起来多于移交人数，请核对。"
