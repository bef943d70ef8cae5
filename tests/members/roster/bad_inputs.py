"""Bad inputs by their numbers (security §5a): many in one file, each told apart by its row.

``Scene`` makes a bureau with its branches, runs the real pipeline on files and is gone again; what
it gives back is plain data, so that an entry costs a comparison.
"""

import csv
import datetime as dt
import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pytest_django import DjangoDbBlocker

from branches.enums import Role
from core.models import RuleParameter
from members.models import Member, RosterBatch, RosterRow
from tests.cast import TODAY
from tests.factories.branches import make_area, make_branch, make_district, make_post, make_user
from tests.factories.members import make_member
from tests.members.roster.conftest import number

BRANCH = "槐荫社区离退休干部党支部"
FAR_BRANCH = "松涛社区离退休干部党支部"
COLUMNS = (
    *("姓名", "公民身份号码", "支部代码", "所在党支部", "性别", "出生日期", "入党日期"),
    *("离退休时间", "联系电话", "专业", "原工作单位", "备注", "党费计算基数"),
)
BORN = "19300101"


@dataclass(frozen=True)
class Entry:
    """One bad input: what is typed in which COLUMN, the finding expected, what is kept in FIELD.

    Without a CODE nothing is found. KEPT None: the row is rejected and nobody is registered.
    """

    column: str
    typed: Any
    code: str = ""
    field: str = ""
    kept: Any = None
    also: tuple[tuple[str, str], ...] = ()
    shown_as: str = ""  # number format of a workbook's cell


@dataclass(frozen=True)
class Outcome:
    """What came of one row: codes found, the member made of it by field, what the log said meanwhile."""

    codes: list[str]
    messages: list[str]
    member: dict[str, Any] | None
    logged: str


@dataclass(frozen=True)
class Told:
    """What the command said of a whole file, and how many were registered by it."""

    code: int
    codes: list[str]
    rows: int
    people: int
    problems: list[dict[str, Any]]
    message: str = ""


class Scene:
    """A bureau, its branch, a district that is not its own; asks the pipeline about files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = io.StringIO()
        self._told = 0
        district, far = (
            make_district("青澜区", "990101000000"),
            make_district("云岭区", "990202000000"),
        )
        street = make_area(district, "东城街道")
        self.community = make_area(street, "槐荫社区")
        self.branch = make_branch(self.community, BRANCH, code="QL0001")
        for code in ("TM0001", "TM0002"):
            make_branch(self.community, "同名党支部", code=code)
        self.far_branch = make_branch(
            make_area(make_area(far, "北岭街道"), "松涛社区"), FAR_BRANCH, code="YL0007"
        )
        self.user = make_post(Role.BUREAU, district, make_user("bureau")).user
        make_member(self.far_branch, "韩立群", id_number=number(999))

    def ask(self, path: Path, *options: str) -> Told:
        """Run ``import_roster`` on PATH and say what it told."""
        out, code, message = io.StringIO(), 0, ""
        before = Member.objects.count()
        try:
            call_command(
                "import_roster", str(path), "--by", "bureau", "--json", *options, stdout=out
            )
        except SystemExit as stop:
            code = int(str(stop.code))
        except CommandError as error:
            code, message = error.returncode, str(error)
        said = json.loads(out.getvalue() or '{"problems": [], "rows": 0}')
        problems = said["problems"]
        return Told(
            code,
            [found["code"] for found in problems],
            said["rows"],
            Member.objects.count() - before,
            problems,
            message,
        )

    def outcomes(
        self, entries: Mapping[str, Entry], *, epoch_1904: bool | None = None
    ) -> dict[str, Outcome]:
        """Import all ENTRIES in one file, the good ones written; EPOCH_1904 None: as a CSV."""
        rows = [_row(order, entry) for order, entry in enumerate(entries.values(), self._told + 1)]
        self._told += len(rows)
        if epoch_1904 is None:
            path = self.csv("entries.csv", [COLUMNS, *rows])
        else:
            path = self.workbook(rows, entries.values(), epoch_1904=epoch_1904)
        told = self.ask(path, "--accept-good")
        batch = RosterBatch.objects.latest("pk")
        assert told.rows == len(entries)
        kept = [entry for entry in entries.values() if entry.kept is not None]
        assert told.people == len(kept), "nothing of a rejected row is written"
        people = {
            row.row: Member.objects.filter(
                roster_batch=batch, id_number_index=row.id_number_index
            ).first()
            for row in RosterRow.objects.filter(batch=batch)
            if row.id_number_index
        }
        return {
            name: Outcome(
                [found["code"] for found in told.problems if found["row"] == at],
                [found["message"] for found in told.problems if found["row"] == at],
                _values(people.get(at)),
                self.log.getvalue(),
            )
            for at, name in enumerate(entries, 2)
        }

    def csv(self, name: str, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig") -> Path:
        """Write ROWS as a CSV."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return self.file(name, text.getvalue().encode(encoding))

    def file(self, name: str, content: bytes) -> Path:
        """Write CONTENT."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def workbook(self, rows: Sequence[Sequence[Any]], entries: Any, *, epoch_1904: bool) -> Path:
        """Write ROWS under the heading as a workbook, with the number formats of ENTRIES."""
        book = Workbook()
        if epoch_1904:
            book.epoch = CALENDAR_MAC_1904
        sheet = book.active
        sheet.append(COLUMNS)
        for at, (cells, entry) in enumerate(zip(rows, entries, strict=True), 2):
            sheet.append([None if cell == "" else cell for cell in cells])
            if entry.shown_as:
                sheet.cell(at, COLUMNS.index(entry.column) + 1).number_format = entry.shown_as
        path = self.folder / f"entries-{epoch_1904}.xlsx"
        book.save(path)
        return path


@contextmanager
def scene(folder: Path, blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Give a scene whose rows, files and clock are gone afterwards; its log is kept to be read."""
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with (
        blocker.unblock(),
        override_settings(MEDIA_ROOT=folder / "private"),
        time_machine.travel(morning, tick=True),
        transaction.atomic(),
    ):
        RuleParameter.objects.filter(key__startswith="module.").update(value="开")
        made = Scene(folder)
        handler = logging.StreamHandler(made.log)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            yield made
        finally:
            root.setLevel(level)
            root.removeHandler(handler)
            transaction.set_rollback(True)


def _row(order: int, entry: Entry) -> list[Any]:
    """Return a good row but for what ENTRY says."""
    good = {
        "姓名": f"赵{chr(0x4E00 + order)}",
        "公民身份号码": number(order, BORN),
        "所在党支部": BRANCH,
    }
    row = good | {entry.column: entry.typed} | dict(entry.also)
    return [row.get(column, "") for column in COLUMNS]


def _values(member: Member | None) -> dict[str, Any] | None:
    if member is None:
        return None
    return {each.name: each.value_from_object(member) for each in Member._meta.concrete_fields}


def judge(entry: Entry, outcome: Outcome) -> None:
    """Compare what came of ENTRY with what is expected of it."""
    assert outcome.codes == ([entry.code] if entry.code else [])
    if entry.kept is None:
        assert outcome.member is None
    else:
        assert outcome.member is not None
        assert outcome.member[entry.field] == entry.kept
    secret = str(entry.typed)
    if len(secret) > 3:
        assert not any(secret in said for said in (*outcome.messages, outcome.logged))
