"""Rosters on their way, as a secretary brings them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.base import ContentFile

from branches.enums import RegionLevel
from branches.models import Region
from core.runs import run_now
from members.actions import learnt, roster, update_member
from members.models import Member, RosterBatch
from tests.factories.members import make_member
from tests.members.roster.conftest import number

Request = pytest.FixtureRequest
HEADING = "序号,姓名,身份证号,党员类别,手机,入党日期,我的列"
ROWS = (
    f"1,张建国,{number(1)},正式党员,16112345678,1980.7.1,甲",
    f"2,李秀英,{number(2)},正式党员,,1975.06,乙",
    f"3,买买提·吐尔逊,{number(3)},预备党员,16112345679,,丙",
    "4,周玉兰,34000019500101,正式党员,,,丁",
    f"5,王德胜,{number(5)},正式党员,1.39E+10,,",
    f"6,欧阳淑珍,{number(6)},,,1980-07-01,",
)


def a_batch(request: Request, heading: str = HEADING, rows: Sequence[str] = ROWS) -> RosterBatch:
    """The secretary's upload with its heading read; one of the rows is on the register already."""
    by, branch = request.getfixturevalue("secretary"), request.getfixturevalue("branch")
    make_member(branch, "欧阳淑珍", id_number=number(6), gender="2", phone="16100000001")
    source = ContentFile("\n".join([heading, *rows]).encode("gb18030"))
    kept = roster.keep_roster(by=by, name="槐荫社区党支部名册.csv", source=source)
    return learnt.read_heading(by=by, batch=roster.open_roster(by=by, file=kept, branch=branch))


def uploaded(request: Request) -> dict[str, Any]:
    """Its columns are to be looked at."""
    return {"pk": a_batch(request).pk}


def checking(request: Request) -> dict[str, Any]:
    """It is being checked."""
    batch = a_batch(request)
    return {"pk": roster.check_roster(by=batch.by, batch=batch, ring=False).pk}


def checked(request: Request) -> dict[str, Any]:
    """It is to be confirmed."""
    return _checked(a_batch(request))


def _checked(batch: RosterBatch) -> dict[str, Any]:
    batch = roster.check_roster(by=batch.by, batch=batch, ring=False)
    assert batch.check_run is not None
    run_now(batch.check_run)
    return {"pk": batch.pk}


def doubtful(request: Request) -> dict[str, Any]:
    """It is to be confirmed; one row looks like a member with another number, one differs."""
    branch = request.getfixturevalue("branch")
    born = dt.date(1950, 1, 1)
    make_member(branch, "李秀英", id_number=number(8), gender="2", birth_date=born)
    make_member(branch, "张建国", id_number=number(1), phone="16100000002", birth_date=born)
    return checked(request)


def hinted(request: Request) -> dict[str, Any]:
    """Some of its people live elsewhere."""
    request.getfixturevalue("other_community")
    Region.objects.create(code="990100000000", name="云江市", level=RegionLevel.CITY)
    rows = (
        f"张建国,{number(1)},正式党员,柳岸社区,云江市青澜区柳岸路3号",
        f"李秀英,{number(2)},正式党员,槐荫社区,广东省深圳市福田区莲花路1号",
    )
    return _checked(a_batch(request, "姓名,身份证号,党员类别,居住社区,居住地址", rows))


def written(request: Request) -> dict[str, Any]:
    """It is written, with rows that came back."""
    key = checked(request)
    batch = RosterBatch.objects.get(**key)
    batch = roster.confirm_roster(by=batch.by, batch=batch, on_duplicate="fill", ring=False)
    assert batch.write_run is not None
    run_now(batch.write_run)
    return key


def undone(request: Request) -> dict[str, Any]:
    """It was written and taken back."""
    key = written(request)
    batch = RosterBatch.objects.get(**key)
    batch = roster.undo_roster(by=batch.by, batch=batch, reason="传错了名册", ring=False)
    assert batch.undo_run is not None
    run_now(batch.undo_run)
    return key


def built_on(request: Request) -> dict[str, Any]:
    """It cannot be taken back, for one of its people was edited since."""
    key = written(request)
    batch = RosterBatch.objects.get(**key)
    member = Member.objects.get(name="张建国")
    update_member(by=batch.by, member=member, version=member.version, former_post="科长")
    batch = roster.undo_roster(by=batch.by, batch=batch, reason="传错了名册", ring=False)
    assert batch.undo_run is not None
    run_now(batch.undo_run)
    return key


def discarded(request: Request) -> dict[str, Any]:
    """It was given up."""
    batch = a_batch(request)
    return {"pk": roster.discard_roster(by=batch.by, batch=batch).pk}


def refused(request: Request) -> dict[str, Any]:
    """The file is no table."""
    by, branch = request.getfixturevalue("secretary"), request.getfixturevalue("branch")
    kept = roster.keep_roster(by=by, name="通知.csv", source=ContentFile(b"%PDF-1.7"))
    batch = roster.open_roster(by=by, file=kept, branch=branch)
    return {"pk": learnt.read_heading(by=by, batch=batch).pk}


def branch_after(make: Callable[[Request], dict[str, Any]]) -> Callable[[Request], dict[str, Any]]:
    """Return what makes a roster by MAKE and gives the branch's address."""

    def made(request: Request) -> dict[str, Any]:
        make(request)
        return {"pk": request.getfixturevalue("branch").pk}

    return made


def unread(request: Request) -> dict[str, Any]:
    """Nobody can tell which row is the heading."""
    by, branch = request.getfixturevalue("secretary"), request.getfixturevalue("branch")
    rows = [f"{branch}党员花名册", "人名,证号,类别", f"张建国,{number(1)},正式"]
    kept = roster.keep_roster(
        by=by, name="花名册.csv", source=ContentFile("\n".join(rows).encode("gb18030"))
    )
    batch = roster.open_roster(by=by, file=kept, branch=branch)
    return {"pk": learnt.read_heading(by=by, batch=batch).pk}


def doubted(request: Request) -> dict[str, Any]:
    """Some columns are to be told apart by hand."""
    key = unread(request)
    batch = RosterBatch.objects.get(**key)
    return {"pk": learnt.read_heading(by=batch.by, batch=batch, at=(2, 2)).pk}


def nothing_yet(request: Request) -> dict[str, Any]:
    """A branch without any roster."""
    return {"pk": request.getfixturevalue("branch").pk}
