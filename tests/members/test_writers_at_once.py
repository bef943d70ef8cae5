"""Two writers in the same moment, on real connections: no deadlock, nobody left in a dissolved branch.

One is held in the middle of his transaction until the other has run into his locks. SQLite has one
writer at a time, so the same acts simply follow each other there.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from branches import trees
from branches.actions import dissolve_branch, move_area
from branches.models import Area, Branch
from core.enums import RunState
from core.files import keep_file
from core.models import BackgroundRun, User
from core.runs import run_now
from members.actions import (
    add_link,
    end_link,
    grip,
    receive_transfers,
    transfer_member,
    transfer_out,
    undo_transfers,
    update_member,
)
from members.actions.roster import (
    check_roster,
    confirm_roster,
    discard_roster,
    open_roster,
    undo_roster,
)
from members.actions.roster_rows import decide_elsewhere
from members.enums import AffiliationKind, OnDuplicate, RosterState, TransferState
from members.models import Affiliation, Member, RosterBatch, Transfer
from members.roster import runs
from members.roster.register import hold_members
from members.roster.undoing import Undo
from tests.cast import TODAY
from tests.factories.branches import make_branch
from tests.factories.members import make_id_number, make_member, make_transfer_batch

Act = Callable[[], Any]

pytestmark = pytest.mark.django_db(transaction=True)
HELD_SECONDS = 1.0  # at most: who has not run into a lock by then runs into none


class Meeting:
    """Lets ``first`` pause at a named place while ``second`` runs into what it holds."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._inside = threading.Event()
        self._over = threading.Event()
        self._first: threading.Thread | None = None

    def pause_after(self, owner: Any, name: str) -> None:
        """Hold the first act's thread once it has come back from OWNER.NAME."""
        real = getattr(owner, name)

        def held(*args: Any, **options: Any) -> Any:
            found = real(*args, **options)
            if threading.current_thread() is self._first:
                self._inside.set()
                self._over.wait()
            return found

        self._patch.setattr(owner, name, held)

    def of(self, first: Act, second: Act) -> list[BaseException]:
        """Run FIRST, and SECOND as soon as it pauses; return what they raised."""
        raised: list[BaseException] = []

        def body(act: Act) -> None:
            try:
                act()
            except BaseException as error:
                raised.append(error)
            finally:
                connection.close()

        def then() -> None:
            self._inside.wait(10)
            body(second)
            self._over.set()

        self._first = threading.Thread(target=body, args=(first,))
        other = threading.Thread(target=then)
        for thread in (self._first, other):
            thread.start()
        self._inside.wait(10)
        self._hold()
        self._over.set()
        for thread in (self._first, other):
            thread.join()
        assert self._inside.is_set()
        return raised

    def _hold(self) -> None:
        """Wait until the second has run into a lock, or is through."""
        deadline = time.monotonic() + (HELD_SECONDS if connection.vendor == "postgresql" else 0.1)
        while time.monotonic() < deadline and not self._over.wait(0.01):
            if connection.vendor == "postgresql" and somebody_waits():
                return


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    return Meeting(monkeypatch)


def moved(member: Member, to: Branch) -> Act:
    return lambda: transfer_member(by=None, member=member, to=to, on=TODAY, document="8号")


def dissolved(branch: Branch) -> Act:
    row = Branch.objects.get(pk=branch.pk)
    return lambda: dissolve_branch(by=None, branch=row, on=TODAY, document="9号")


def test_a_transfer_while_the_street_of_both_branches_moves(
    meeting: Meeting, branch: Branch, street: Area, far_district: Area
) -> None:
    to = make_branch(branch.area, "另一党支部")
    members = [make_member(branch), make_member(to)]
    meeting.pause_after(grip, "locked")

    raised = meeting.of(
        moved(members[0], to), lambda: move_area(by=None, area=street, parent=far_district)
    )

    assert raised == []
    here = Branch.objects.get(pk=to.pk)
    paths = Member.objects.values_list("branch", "area_path")
    assert set(paths) == {(to.pk, here.area_path)}
    assert here.area_path.startswith(Area.objects.get(pk=far_district.pk).path)


def roster(user: User, path: Path, *lines: str) -> RosterBatch:
    """Lay LINES out as a file and begin its check, to be carried out by the caller."""
    path.write_text("姓名,公民身份号码,支部代码,原工作单位\n" + "\n".join(lines), "utf-8")
    batch = open_roster(by=user, file=keep_file(by=user, name=path.name, source=path))
    return check_roster(by=user, batch=batch, ring=False)


def test_a_transfer_while_a_roster_writes_into_the_new_branch(
    meeting: Meeting, tmp_path: Path, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    member = make_member(branch, "张建国", former_unit="老厂")
    batch = roster(
        bureau_staff,
        tmp_path / "roster.csv",
        f"李秀英,{make_id_number()},{other_branch.code},",
        f"张建国,{member.id_number},{branch.code},新厂",
    )
    run_now(run_of(batch.check_run))
    batch = confirm_roster(
        by=bureau_staff,
        batch=batch,
        on_duplicate=OnDuplicate.OVERWRITE,
        answers={"ID_AREA": ""},  # made-up numbers are of no province
        ring=False,
    )
    run = run_of(batch.write_run)
    meeting.pause_after(grip, "locked")

    raised = meeting.of(moved(member, other_branch), lambda: run_now(run))

    assert raised == []
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Member.objects.filter(branch=other_branch).count() == 2


def test_a_roster_given_up_while_its_check_ends(
    meeting: Meeting, tmp_path: Path, bureau_staff: User, branch: Branch
) -> None:
    line = f"张建国,{make_id_number()},{branch.code},"
    batch = roster(bureau_staff, tmp_path / "roster.csv", line)
    run = run_of(batch.check_run)
    meeting.pause_after(runs, "territory_of")  # in the check's last chunk

    raised = meeting.of(lambda: run_now(run), lambda: discard_roster(by=bureau_staff, batch=batch))

    assert raised == []
    assert RosterBatch.objects.get().state == RosterState.DISCARDED


@pytest.mark.parametrize(
    ("pause", "states"),
    [
        ("decide_again", [RosterState.REFUSED, RosterState.READY]),  # before the last chunk
        ("territory_of", [RosterState.READY, RosterState.REFUSED]),  # in it
    ],
)
def test_two_pieces_of_one_file_checked_side_by_side_are_one_try(
    meeting: Meeting, tmp_path: Path, bureau_staff: User, branch: Branch, pause: str, states: Any
) -> None:
    pieces = [
        [f"王建国,{make_id_number(number=order)},{branch.code}," for order in orders]
        for orders in ((1, 2), (3, 4))
    ]
    first, second = (
        run_of(roster(bureau_staff, tmp_path / f"{at}.csv", *lines).check_run)
        for at, lines in enumerate(pieces)
    )
    meeting.pause_after(runs, pause)

    raised = meeting.of(lambda: run_now(first), lambda: run_now(second))

    assert raised == []
    if connection.vendor == "sqlite":  # there the second one waited for the pen
        assert run_now(second).state == RunState.DONE
        states = [RosterState.READY, RosterState.REFUSED]
    assert list(RosterBatch.objects.order_by("pk").values_list("state", flat=True)) == states


def linked(member: Member, to: Branch) -> Act:
    return lambda: add_link(by=None, member=member, branch=to, kind=AffiliationKind.COMMUNITY)


@pytest.mark.parametrize("join", ["register", "transfer", "link"])
def test_who_joins_a_branch_keeps_it_from_being_dissolved(
    meeting: Meeting, branch: Branch, other_branch: Branch, join: str
) -> None:
    meeting.pause_after(trees, "steady_branch")
    raised = meeting.of(joining(join, branch, other_branch), dissolved(branch))
    assert [str(error.messages) for error in refused(raised)] == [
        "['还有 1 名党员在这里参加活动，请先结束活动组织关系。']"
        if join == "link"
        else "['还有 1 名党员隶属这里，请先转接组织关系。']"
    ]
    assert Branch.objects.get(pk=branch.pk).dissolved_on is None


@pytest.mark.parametrize("join", ["register", "transfer", "link"])
def test_nobody_joins_a_branch_that_is_being_dissolved(
    meeting: Meeting, branch: Branch, other_branch: Branch, join: str
) -> None:
    act = joining(join, branch, other_branch)
    meeting.pause_after(trees, "steady_branch")
    raised = meeting.of(dissolved(branch), act)
    assert [error.messages for error in refused(raised)] == [["这个党组织已经撤销，请另选。"]]
    assert not Affiliation.objects.filter(branch=branch).exists()


def joining(join: str, branch: Branch, other_branch: Branch) -> Act:
    if join == "register":
        return lambda: make_member(branch)
    member = make_member(other_branch)
    return moved(member, branch) if join == "transfer" else linked(member, branch)


def test_a_link_is_ended_while_the_member_leaves(
    meeting: Meeting, branch: Branch, other_branch: Branch
) -> None:
    member = make_member(branch)
    link = add_link(by=None, member=member, branch=other_branch, kind=AffiliationKind.COMMUNITY)
    meeting.pause_after(grip, "locked")
    raised = meeting.of(
        lambda: transfer_out(by=None, member=member, on=TODAY, document="8号"),
        lambda: end_link(by=None, affiliation=link, on=TODAY),
    )
    assert [error.messages for error in refused(raised)] == [["这项关系已经结束，不用再办。"]]
    link.refresh_from_db()
    assert link.end_reason == "组织关系已转出"


def refused(raised: list[BaseException]) -> list[ValidationError]:
    assert {type(error) for error in raised} == {ValidationError}, raised
    return [error for error in raised if isinstance(error, ValidationError)]


def run_of(run: BackgroundRun | None) -> BackgroundRun:
    assert run is not None
    return run


@pytest.fixture
def brought(
    tmp_path: Path, bureau_staff: User, branch: Branch, other_branch: Branch
) -> RosterBatch:
    """A checked roster that moves two of the other branch, whoever was registered last first."""
    members = [
        make_member(other_branch, name, id_number=make_id_number()) for name in ("李秀英", "王志明")
    ]
    lines = [f"{member.name},{member.id_number},{branch.code}," for member in reversed(members)]
    batch = roster(bureau_staff, tmp_path / "roster.csv", *lines)
    run_now(run_of(batch.check_run))
    batch = decide_elsewhere(by=bureau_staff, batch=batch, decision="move")
    return confirm_roster(
        by=bureau_staff, batch=batch, moved_on=TODAY, moved_document="8号", ring=False
    )


def test_a_roster_moves_members_while_somebody_takes_them_in_their_order(
    meeting: Meeting, brought: RosterBatch
) -> None:
    keys = sorted(Member.objects.values_list("pk", flat=True))

    def in_order() -> None:
        with transaction.atomic():
            for key in keys:
                hold_members([key])

    meeting.pause_after(grip, "locked")
    raised = meeting.of(lambda: run_now(run_of(brought.write_run)), in_order)
    assert raised == []
    brought.refresh_from_db()
    assert (brought.state, brought.counts["E:move"]) == (RosterState.DONE, 2)


def taken_back(batch: RosterBatch) -> Act:
    batch = undo_roster(by=batch.by, batch=batch, reason="传错了", ring=False)
    run = run_of(batch.undo_run)
    return lambda: run_now(run)


def test_who_goes_back_keeps_the_old_home_from_being_dissolved(
    meeting: Meeting, brought: RosterBatch, other_branch: Branch
) -> None:
    run_now(run_of(brought.write_run))
    meeting.pause_after(trees, "steady_branches")
    raised = meeting.of(taken_back(brought), dissolved(other_branch))
    assert [error.messages for error in refused(raised)] == [
        ["还有 2 名党员隶属这里，请先转接组织关系。"]
    ]
    assert RosterBatch.objects.get().state == RosterState.UNDONE


def test_who_was_edited_just_before_is_not_taken_back(
    meeting: Meeting, brought: RosterBatch, bureau_staff: User
) -> None:
    """Edited after the undo has looked at everything, before it holds the members."""
    run_now(run_of(brought.write_run))
    member = Member.objects.order_by("pk")[0]
    meeting.pause_after(Undo, "refuse_if_built_on")
    raised = meeting.of(
        taken_back(brought),
        lambda: update_member(
            by=bureau_staff, member=member, version=member.version, former_post="科长"
        ),
    )
    assert raised == []
    batch = RosterBatch.objects.get()
    assert (batch.state, [number for _, number, _ in batch.undo_refusals]) == (
        RosterState.DONE,
        [1],
    )
    member.refresh_from_db()
    assert (member.former_post, member.branch.code if member.branch else "") == ("科长", "QL0001")


def test_a_batch_is_taken_back_while_somebody_receives_from_it(
    meeting: Meeting, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["李秀英", "王志明"])
    meeting.pause_after(trees, "steady_branches")
    raised = meeting.of(
        lambda: undo_transfers(by=bureau_staff, batch=batch, reason="传错了"),
        lambda: receive_transfers(by=bureau_staff, transfers=Transfer.objects.all()),
    )
    assert raised == []
    assert set(Transfer.objects.values_list("state", flat=True)) == {TransferState.UNDONE}
    assert set(Member.objects.values_list("branch", flat=True)) == {branch.pk}
    homes = Affiliation.objects.current().filter(kind=AffiliationKind.HOME)
    assert set(homes.values_list("branch", "ended_on")) == {(branch.pk, None)}
