"""Members for tests, made by the same acts as in the portal; numbers are of the unassigned area 99."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from branches.models import Branch
from core.models import User
from core.spreadsheets import Row
from members.actions import (
    HandOver,
    import_links,
    import_transfers,
    propose_link,
    register_member,
)
from members.models import LinkBatch, LinkProposal, Member, TransferBatch
from members.rules.id_number import check_digit
from members.rules.transfer import Letter

_numbers = itertools.count(1)


def make_id_number(
    born: dt.date = dt.date(1950, 1, 1), *, male: bool = True, number: int | None = None
) -> str:
    """A valid, never assigned identity number; another one at each call."""
    number = next(_numbers) if number is None else number
    order = number % 499 * 2 + (1 if male else 2)
    # No district of the tests ends in 99: its own numbers would be no doubt.
    first17 = f"99{number // 499 % 100:02d}99{born:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


def make_member(
    branch: Branch, name: str = "", *, user: User | None = None, **values: Any
) -> Member:
    """One member with BRANCH as the home; everything required is there unless VALUES blank it."""
    number = next(_numbers)
    born = values.get("birth_date") or dt.date(1950, 1, 1) + dt.timedelta(days=number % 3000)
    complete = {
        "id_number": make_id_number(born, male=values.get("gender", "1") == "1"),
        "ethnicity": "01",
        "join_date": dt.date(1980, 7, 1),
        "full_date": dt.date(1981, 7, 1),
        "member_kind": "FULL",
        "person_kind": "B",
        "retire_date": _retired(born),
        "former_unit": "县第一中学",
        "address": "槐荫里3号楼",
        "phone": f"161{number:08d}",
        "community": branch.area,
    }
    return register_member(
        by=None,
        branch=branch,
        user=user,
        home_since=values.pop("home_since", dt.date(2016, 11, 1)),
        name=name or _name(number),
        **complete | values,
    )


def _retired(born: dt.date) -> dt.date | None:
    """At sixty; of whom the tests make younger nobody knows."""
    day = born + dt.timedelta(days=21_950)
    return day if day.year < 2026 else None


def make_transfer_batch(
    source: Branch, target: Branch, *, by: User, names: Sequence[str] = ("钱学文",)
) -> TransferBatch:
    """A whole-batch transfer of new members of SOURCE to TARGET, all on the way, handed over by a unit of its own."""
    people = [make_member(source, name) for name in names]
    heading = ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"]
    rows: list[Row] = [(1, [*heading])]
    day = dt.date(2026, 8, 1)
    for row, member in enumerate(people, 2):
        rows.append((row, [member.number, member.name, source.code, target.code, day]))
    unit = f"第{next(_numbers)}机械厂"
    agreed = HandOver(unit, "移交协议〔2026〕1号", day, len(people))
    import_transfers(by=by, rows=rows, agreed=agreed, letter=Letter("介字001", day, 90))
    return TransferBatch.objects.get(unit=unit)


def make_link_batch(place: Branch, *members: Member, by: User) -> LinkBatch:
    """A sheet that ties MEMBERS to PLACE since 1 August 2026."""
    heading = ["党员编号", "姓名", "活动组织", "开始日期"]
    rows: list[Row] = [(1, [*heading])]
    for row, member in enumerate(members, 2):
        rows.append((row, [member.number, member.name, place.code, dt.date(2026, 8, 1)]))
    import_links(by=by, rows=rows)
    return LinkBatch.objects.latest("pk")


def make_proposal(
    member: Member, place: Branch, *, by: User, kind: str = "COMMUNITY"
) -> LinkProposal:
    """A managing link of MEMBER to PLACE that BY proposes, from today."""
    return propose_link(by=by, member=member, place=place.name, kind=kind)


def _name(number: int) -> str:
    return "赵钱孙李周吴郑王冯陈"[number % 10] + "德志玉桂贤国明秀英文"[number // 10 % 10] + "华"
