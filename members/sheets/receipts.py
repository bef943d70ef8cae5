"""A sheet of those who arrived: whom of a batch it receives (SYS-15)."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from branches.refusal import Problem
from branches.tables import Column, Row
from core.models import User
from members.enums import TransferState
from members.models import TransferBatch
from members.rules import dates
from members.rules.problems import problem
from members.sheets import people
from members.sheets.people import People
from members.sheets.preview import SheetRow

ON = "接收日期"
COLUMNS = (*people.COLUMNS, Column(ON, ("接收时间", "报到日期")))
SHOWN = ("转入党支部", ON)
_TWICE = "同一位同志第{first}行已有，请删去一行。"


class Arrived(NamedTuple):
    """Somebody to be received; ON None: on the day of the list."""

    row: int
    member: int
    on: dt.date | None


class ReceiptSheet:
    """Whom the rows receive of BATCH: ``wanted``, how many were received before, ``problems``.

    ``told`` has the rows of those received before.
    """

    def __init__(self, rows: Iterable[Row], user: User, *, batch: TransferBatch) -> None:
        self.lines = people.lines_of(rows, COLUMNS)
        self.wanted: list[Arrived] = []
        self.unchanged = 0
        self.told: list[SheetRow] = []
        found = People(self.lines, user)
        self.problems = list(found.faults)
        states = dict(batch.transfers.order_by("pk").values_list("member_id", "state"))
        for line in self.lines:
            read = dates.read_day(line.cells.get(ON, ""))
            if read.code:
                message = problem(read.code, "date").message
                self.problems.append(Problem(line.row, ON, "date", message))
            person = found.found.get(line.row)
            if person is None:
                continue
            state = states.get(person.pk)
            if state == TransferState.RECEIVED:
                self.unchanged += 1
                self.told.append(SheetRow(line.row, person.pk, "以前接收过", ("—", "—")))
            elif state == TransferState.IN_TRANSIT:
                self.wanted.append(Arrived(line.row, person.pk, read.value))
            else:
                message = "这位同志不在这一批的在途名单里，请核对。"
                self.problems.append(Problem(line.row, people.NAME, "not_listed", message))
        about = [(one.row, one.member) for one in self.wanted]
        self.problems += people.twice(about, column=people.ID, message=_TWICE)
