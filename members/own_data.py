"""All that the portal holds about one member, for himself to take along (domain §6.12, security P24).

Rooms above register what they hold; each sheet is a table with Chinese headings.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import audit
from core.models import User
from core.spreadsheets import XlsxFile
from core.spreadsheets.writer import plain
from members.changes import changes_of
from members.display import sections_of
from members.models import Affiliation, Member


@dataclass(frozen=True)
class Sheet:
    """One table: its title, its headings, its rows of plain values."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]


Provider = Callable[[User, Member], Sheet]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Let PROVIDER add a sheet; it gets the member's account and the member."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def sheets_of(user: User, member: Member) -> list[Sheet]:
    """Return every sheet about MEMBER, whose account USER is."""
    return [
        _record(member),
        _ties(user, member),
        _proposals(member),
        *(provider(user, member) for provider in _providers),
        _changes(member),
        _openings(member),
        _viewings(user),
    ]


def as_workbook(sheets: list[Sheet]) -> bytes:
    """Return SHEETS as XLSX; no cell becomes a formula."""
    stream = io.BytesIO()
    with XlsxFile(stream) as book:
        for sheet in sheets:
            book.sheet(sheet.title, sheet.header, (18, 24, 40))
            for row in sheet.rows:
                book.row(row)
    return stream.getvalue()


def as_json(sheets: list[Sheet]) -> bytes:
    """Return SHEETS as JSON: a list of rows, each by its headings, under every title."""
    content = {
        sheet.title: [
            {word: str(plain(value)) for word, value in zip(sheet.header, row, strict=True)}
            for row in sheet.rows
        ]
        for sheet in sheets
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _record(member: Member) -> Sheet:
    rows = [("党员编号", "党员编号", member.number), ("所在党支部", "所在党支部", member.branch)]
    rows += [
        (title, word, value)
        for title, facts in sections_of(member, mask=False)
        for word, value in facts
    ]
    return Sheet("我的资料", ("分类", "项目", "内容"), rows)


def _ties(user: User, member: Member) -> Sheet:
    ours = Affiliation.objects.visible_to(user).filter(member=member)
    ties = ours.select_related("branch", "roster_batch", "link_batch")
    rows = [
        (
            tie.get_kind_display(),
            tie.branch.name,
            tie.started_on or "不详",
            tie.ending,
            tie.basis,
        )
        for tie in ties.order_by("pk")
    ]
    return Sheet("组织关系", ("关系", "党组织", "开始", "结束", "依据"), rows)


def _proposals(member: Member) -> Sheet:
    asked = member.link_proposals.select_related("home", "branch").order_by("pk")
    rows = [
        (
            each.branch.name,
            each.get_kind_display(),
            each.started_on,
            each.created_at,
            each.standing,
            each.reason,
        )
        for each in asked
    ]
    return Sheet("活动组织申请", ("党组织", "关系", "开始", "申请时间", "状态", "婉拒原因"), rows)


def _changes(member: Member) -> Sheet:
    rows = [
        (each.at, each.who, each.post, each.what, each.columns)
        for each in changes_of(member, list(member.affiliations.all()))
    ]
    return Sheet("谁改过我的资料", ("时间", "谁", "职务", "做了什么", "改了哪几项"), rows)


def _openings(member: Member) -> Sheet:
    since = timezone.now() - audit.LOOKED_BACK
    rows = [
        (event.at, event.by_name, event.note) for event in audit.openings_of(member, since=since)
    ]
    return Sheet("谁看过完整号码", ("时间", "谁", "看了什么、为什么"), rows)


def _viewings(user: User) -> Sheet:
    rows = [(event.at, event.by_name, event.note) for event in audit.viewings_of(user)]
    return Sheet("谁以我的身份看过页面", ("时间", "谁", "为什么"), rows)
