"""What a member consents to, each by itself, and what goes when he withdraws it (domain §6.2, §6.12).

A consent that was taken back stays so until he gives it again: by a paper of a later day, or by
himself, perhaps the same day. The day of withdrawal stays on record: older papers are still about.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from core.dates import words
from members.enums import Consent
from members.rules import family
from members.rules.problems import Problem, problem


class Held(NamedTuple):
    """One consent: the columns of the day he agreed, of the day he took it back and of what is kept by it.

    ``text`` is what he agrees to, as he reads it.
    """

    day: str
    withdrawn: str
    kept: tuple[str, ...]
    text: str

    @property
    def brought(self) -> tuple[str, ...]:
        """The columns that nobody fills again before he agrees again."""
        return (self.day, *self.kept)


# That study is brought to his home is how he takes part, not a fact of his health: nobody is counted
# absent for want of a consent.
HELD_BY = {
    Consent.HEALTH: Held(
        "health_agreed_on",
        "health_withdrawn_on",
        ("health", "self_care", "empty_nest", "hardship"),
        "同意党支部登记我的健康状况、自理能力、空巢和困难情况。只用来安排关心照顾，不公开。",
    ),
    Consent.TALENT: Held(
        "talent_agreed_on",
        "talent_withdrawn_on",
        ("skills",),
        "同意登记我的特长，进入银发人才库。有合适的事，可以来问我愿不愿意做。",
    ),
    Consent.DISPLAY: Held(
        "display_agreed_on",
        "display_withdrawn_on",
        (),
        "同意在社区和活动里亮明我的党员身份，例如挂牌、戴党徽、公布姓名。",
    ),
    Consent.CONTACT: Held(
        "contact_agreed_on",
        "contact_withdrawn_on",
        family.WHOM,
        "紧急联系人本人也知道，并同意党支部登记他的姓名、电话和与我的关系。只在有急事时联系他。",
    ),
    Consent.PHOTO: Held(
        "photo_agreed_on",
        "photo_withdrawn_on",
        (),
        "同意党组织在宣传栏、刊物和网页上用我的照片，介绍我的事迹。",
    ),
    Consent.SMS: Held(
        "sms_agreed_on",
        "sms_withdrawn_on",
        (),
        "同意党组织发短信提醒我活动、学习和党费。只发提醒，不发广告。",
    ),
}
_KEEPING = [(which, held) for which, held in HELD_BY.items() if held.kept]
OWN_ACT = "本人同意"  # as the trail calls it
_REFUSED = {Consent.CONTACT: "CONTACT_NOT_AGREED"}
# 非空巢 and 无 say nothing that wants a consent.
_NOTHING_TO_AGREE = frozenset({None, "", "0", "无"})
WITHDRAWN = tuple(held.withdrawn for held in HELD_BY.values())


def day_of(which: Consent) -> str:
    """Return the column of the day on which he agreed."""
    return HELD_BY[which].day


def given(values: Mapping[str, Any]) -> list[Consent]:
    """Return the consents that stand in VALUES, a record by column."""
    return [which for which in HELD_BY if values.get(day_of(which))]


def text_of(which: Consent) -> str:
    """Return what he agrees to, as he reads it."""
    return HELD_BY[which].text


def keeps(which: Consent) -> bool:
    """Return whether facts are kept by a consent, beside the consent itself."""
    return bool(HELD_BY[which].kept)


def agreed(which: Consent, *, on: dt.date) -> dict[str, Any]:
    """Return what a record holds, by column, once he himself agrees ON a day, perhaps anew."""
    return {day_of(which): on}


def emptied(which: Consent) -> dict[str, Any]:
    """Return what a record no longer holds, by column, once a consent is withdrawn."""
    held = HELD_BY[which]
    return {held.day: None} | dict.fromkeys(held.kept, "")


def taken_back(which: Consent, *, on: dt.date) -> dict[str, Any]:
    """Return what a record holds, by column, once a consent is withdrawn ON a day."""
    return {**emptied(which), HELD_BY[which].withdrawn: on}


def following(
    stored: Mapping[str, Any], values: Mapping[str, Any], *, today: dt.date
) -> dict[str, Any]:
    """Return what goes with it where VALUES take a day of consent out of the STORED record."""
    gone: dict[str, Any] = {}
    for which in given(stored):
        day = day_of(which)
        if day in values and not values[day]:
            gone |= taken_back(which, on=today)
    return gone


def judged_by(fields: Collection[str]) -> list[str]:
    """Return the columns of a stored record by which is told whether FIELDS may go into it."""
    touched = [held for held in HELD_BY.values() if not set(held.brought).isdisjoint(fields)]
    return [name for held in touched for name in (held.day, held.withdrawn)]


def days_with(fields: Collection[str]) -> list[str]:
    """Return the days of consent that go with FIELDS, for they are kept only because of them."""
    return [held.day for held in HELD_BY.values() if not set(held.kept).isdisjoint(fields)]


def withheld(
    stored: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[dt.date, list[str]]]:
    """Return what of VALUES may not go into the STORED record: the day of withdrawal, the columns.

    A day on or before the withdrawal is no new consent, and what comes with it is as old. Where
    VALUES have none the STORED one counts; without any there is nothing to keep.
    """
    found = []
    for held in HELD_BY.values():
        withdrawn, stands = stored.get(held.withdrawn), stored.get(held.day)
        if withdrawn is None or _is_anew(values.get(held.day) or stands, stands, withdrawn):
            continue
        if left := [name for name in held.brought if values.get(name)]:
            found.append((withdrawn, left))
    return found


def _is_anew(day: dt.date | None, stands: dt.date | None, withdrawn: dt.date) -> bool:
    """Return whether somebody agreed anew on DAY: of the day of withdrawal only what STANDS, his own act."""
    return day is not None and (day > withdrawn or day == withdrawn == stands)


def without_consent(
    stored: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[Consent, list[str]]]:
    """Return what of VALUES nobody agreed to, there or in the STORED record: the consent, the columns."""
    return [
        (which, facts)
        for which, held in _KEEPING
        if not values.get(held.day) and (facts := _facts(held, values)) and not stored.get(held.day)
    ]


def other_days(stored: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Return the days of consent in the STORED record for which VALUES would put another one."""
    days = (day_of(which) for which in given(stored))
    return [day for day in days if values.get(day) not in (None, "", stored[day])]


def unagreed(values: Mapping[str, Any], changed: Collection[str]) -> list[Problem]:
    """Return what the columns CHANGED would have VALUES, a record, keep without a day of consent.

    Or with one that was taken back since. What was kept so before is not held against a change of
    something else.
    """
    stored = {name: value for name, value in values.items() if name not in changed}
    brought = {name: value for name, value in values.items() if name in changed}
    found = [
        problem("CONSENT_WITHDRAWN", left[0], day=words(withdrawn))
        for withdrawn, left in withheld(stored, brought)
    ]
    return found + [
        problem(_REFUSED.get(which, "NOT_AGREED"), day_of(which))
        for which, _ in without_consent({}, values)
        if not set(HELD_BY[which].brought).isdisjoint(changed)
    ]


def _facts(held: Held, values: Mapping[str, Any]) -> list[str]:
    """Return the columns in which VALUES say something that is kept only by the consent HELD."""
    return [name for name in held.kept if values.get(name) not in _NOTHING_TO_AGREE]
