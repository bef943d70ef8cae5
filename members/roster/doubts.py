"""Warnings of a roster that somebody confirms, kind by kind, before it is written (domain §3.3).

Of most kinds a tick says that they were looked at; some want a reason in words. The reason for a
birth date that differs goes where the register keeps it, any other into the trail of the batch.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q

from members.enums import RosterRowState, Severity
from members.models import RosterBatch, RosterRow
from members.rules.problems import REASONED, Problem

# A person decides about these elsewhere on the preview, or they tell what happened meanwhile.
_DECIDED_APART = frozenset(
    {
        *("DIFFERS", "OTHER_BRANCH", "NO_BRANCH", "ALIKE", "ALIKE_SEVERAL", "ALIKE_ROW"),
        *("ALIKE_NO_NUMBER", "ALIKE_ROW_NO_NUMBER"),
        *("MERGED", "MERGED_REFUSED", "ACT_REFUSED", "EDITED_MEANWHILE", "ALIKE_MEANWHILE"),
    }
)
# States of rows that may be written; of others nothing needs to be confirmed.
MAY_BE_WRITTEN = frozenset(
    {
        RosterRowState.NEW,
        RosterRowState.FILLS,
        RosterRowState.DIFFERS,
        RosterRowState.MIXED,
        RosterRowState.ALIKE,
    }
)
_BIRTH = frozenset({"ID_BIRTH_DIFFERS", "BIRTH_ARCHIVE_REASON"})
WITH_REASON = REASONED | _BIRTH
BIRTH_REASON = "birth_date_reason"
# Sentences that name something of the one row.
_OF_ONE_ROW = {
    "CODE_LEFT": "有的格里的字不在选项里，先空着",
    "LINK_PLACE": "有的活动组织不登记",
    "WITHDRAWN_LEFT": "有的同志撤回过同意，有几栏不写入",
    "PHONE_HELD": "有的电话，登记里别的同志也在用",
    "TWIN_ROW": "有的同志与前面一行同支部、同名、同年月出生，没有选“不写入这一行”的，按两位同志登记",
    "PHONE_TWICE": "有的电话，名册里不止一位同志写了",
}


class Doubt(NamedTuple):
    """One kind of warning: its code, in how many rows it stands, what it says."""

    code: str
    rows: int
    sentence: str


def told(state: str, problems: list[Problem]) -> dict[str, str]:
    """Return the warnings of one row in STATE that want confirming: sentences by code."""
    if state not in MAY_BE_WRITTEN:
        return {}
    return {
        found.code: _OF_ONE_ROW.get(found.code) or found.message.split("。")[0]
        for found in problems
        if found.severity == Severity.WARNING and found.code not in _DECIDED_APART
    }


def kept(rows: Counter[str], sentences: Mapping[str, str]) -> list[list[Any]]:
    """Return what ``RosterBatch.totals`` keeps as ``doubts``."""
    return [[code, number, sentences[code]] for code, number in rows.most_common()]


def doubts_of(batch: RosterBatch) -> list[Doubt]:
    """Return the kinds of warning in BATCH, the most frequent first."""
    return [Doubt(*each) for each in batch.totals.get("doubts", [])]


def left_open(batch: RosterBatch, answers: Mapping[str, str]) -> list[Doubt]:
    """Return the kinds of warning in BATCH that ANSWERS, by code, do not confirm.

    Of some a tick ("") is no answer: they want a reason.
    """
    return [
        doubt
        for doubt in doubts_of(batch)
        if doubt.code not in answers or (doubt.code in WITH_REASON and not answers[doubt.code])
    ]


def rows_with(batch: RosterBatch, *codes: str) -> Any:
    """Return the staged rows of BATCH that may be written and have a warning of CODES."""
    rows = RosterRow.objects.filter(batch=batch, state__in=MAY_BE_WRITTEN)
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(problems__contains=json.dumps(code))
    return rows.filter(found)


def give_reasons(batch: RosterBatch) -> None:
    """Put the reasons for birth dates that differ on the staged rows that gave none themselves."""
    for code in _BIRTH & batch.answers.keys():
        rows_with(batch, code).filter(birth_date_reason__isnull=True).update(
            birth_date_reason=batch.answers[code]
        )


def fields_given(batch: RosterBatch) -> tuple[str, ...]:
    """Return the fields that answers fill beside the columns of the file."""
    return (BIRTH_REASON,) if _BIRTH & batch.answers.keys() else ()


def in_words(batch: RosterBatch) -> str:
    """Return what was confirmed and what was passed over, for the trail; empty without warnings."""
    return "；".join(_told(batch))


def _told(batch: RosterBatch) -> Iterator[str]:
    for doubt in doubts_of(batch):
        said = batch.answers.get(doubt.code, "没有核对") or "已核对"
        yield f"{doubt.sentence}（{doubt.rows}行）：{said}"
