"""A member's record in words, section by section: for his own page, and masked for others."""

import datetime as dt
import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from core import dates
from core.actions.reveal import reveal
from core.codes import CodeBook
from core.display import masked, money_words
from core.models import User
from members.codes import SEVERAL, unpack
from members.columns import CODED, FIELDS, SEALED, SECTIONS
from members.enums import PartyStatus
from members.models import Member
from members.parameters import family_is_past
from members.rules import family

_AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)
Section = tuple[str, list[tuple[str, str]]]


def sections_of(
    member: Member,
    *,
    mask: bool,
    leave_out: Collection[str] = frozenset(),
    birthday_only: bool = False,
) -> list[Section]:
    """Return (title, (word, value)…) of all that is registered; one query for the code tables.

    With MASK sealed values have their middle hidden; with BIRTHDAY_ONLY, outside his branch, nobody
    learns in which year he was born (domain §6.3).
    """
    book = CodeBook(*CODED.values(), *SEVERAL.values())
    if family_is_past(member):
        leave_out = {*leave_out, *family.CONTACT}
    sections = []
    for title, lines in SECTIONS:
        names = [name for line in lines for name in line if name not in leave_out]
        facts = [
            ("生日", _birthday(member))
            if birthday_only and name == "birth_date"
            else (_word(name), _value(member, name, book, mask))
            for name in names
        ]
        if filled := [(word, value) for word, value in facts if value]:
            sections.append((title, filled))
    return sections


def facts_of(member: Member, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return (word, value) of the columns NAMES as registered now, masked; one query, or none."""
    wanted = set(names)
    book = CodeBook(*CODED.values(), *SEVERAL.values())
    return [
        (_word(name), _value(member, name, book, True) or "没有填")
        for name in FIELDS
        if name in wanted
    ]


def revealed(
    by: User, member: Member, *, which: Iterable[str], reason: str
) -> list[tuple[str, str]]:
    """Return (word, value) of the sealed columns asked for; each opening is on record.

    ValidationError: what ``reveal`` refuses, and the family's contact long after a death (§6.8).
    """
    which = list(which)
    if family_is_past(member) and not set(family.CONTACT).isdisjoint(which):
        raise ValidationError({"which": "这位同志去世已久，家属的联系方式不再显示，请去掉这几项。"})
    return [
        (_word(name), reveal(by=by, instance=member, field=name, reason=reason) or "没有登记")
        for name in which
    ]


def _word(name: str) -> str:
    column: Any = Member._meta.get_field(name)
    return str(column.verbose_name)


def _birthday(member: Member) -> str:
    born = member.birth_date
    if born is None:
        return ""
    is_day_known = "birth_date" not in member.month_only.split(",")
    return f"{born.month}月" + (f"{born.day}日" if is_day_known else "")


def _value(member: Member, name: str, book: CodeBook, mask: bool) -> str:
    column: Any = Member._meta.get_field(name)
    value = getattr(member, name)
    if value in (None, "", False) or (name, value) == ("party_status", PartyStatus.NORMAL):
        return ""
    if name in SEALED and mask:
        return masked(value, SEALED[name])
    if name == "dues_base" and _AMOUNT.fullmatch(value):  # a form of the office takes any words
        return money_words(Decimal(value))
    if name in CODED:
        return book.name(CODED[name], value)
    if name in SEVERAL:
        return unpack(book, SEVERAL[name], value)
    if isinstance(value, dt.date):
        return dates.words(value, month_only=name in member.month_only.split(","))
    if isinstance(column, models.BooleanField):
        return "是"
    return str(getattr(member, f"get_{name}_display")() if column.choices else value)
