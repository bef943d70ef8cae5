"""A written roster taken back as a whole: as before, on record, not where later work stands on it."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Attendance
from core.models import AuditEvent, User
from core.runs import run_now
from members.actions import (
    add_link,
    end_link,
    mark_deceased,
    open_account,
    transfer_member,
    transfer_out,
    update_member,
)
from members.actions.roster import undo_roster
from members.actions.roster_rows import Answer, decide_rows
from members.enums import ChunkKind, RosterState
from members.models import Affiliation, Member, RosterBatch, RosterChunk
from members.roster import runs
from members.roster.undoing import Undo
from tests.cast import TODAY
from tests.factories.members import make_member
from tests.members.roster.conftest import called, number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "联系电话", "原工作单位", "活动组织")
EVERYTHING = [
    *("id", "name", "former_unit", "id_number_index", "phone_index", "branch", "group"),
    *("area_path", "birth_date", "month_only", "missing_fields", "name_pinyin"),
]


def register():
    """Everybody's record and the ties in force, to be compared before and after."""
    people = [
        (member.id_number, member.phone, *(getattr(member, name) for name in EVERYTHING))
        for member in Member.objects.select_related("branch", "group").order_by("pk")
    ]
    ties = Affiliation.objects.current().order_by("pk")
    facts = ("id", "member", "branch", "kind", "started_on", "ended_on", "end_reason")
    return people, list(ties.values_list(*facts))


@pytest.fixture
def zhang(branch, group):
    return make_member(
        branch,
        "张建国",
        id_number=number(1),
        phone="16100000001",
        former_unit="",
        birth_date=dt.date(1950, 1, 1),
    )


@pytest.fixture
def batch(write_csv, bureau_staff, branch, other_branch, zhang) -> RosterBatch:
    """One of everything: two come in, one with a link; one is changed and linked; one moved; one linked."""
    moving = make_member(other_branch, "李秀英", id_number=number(2), gender="2")
    make_member(other_branch, "王志明", id_number=number(3))
    add_link(by=None, member=moving, branch=branch, kind="ASSOCIATION")
    rows = [
        ["张建国", number(1), "QL0001", "16187654321", "新厂", "QL0002"],
        ["李秀英", number(2), "QL0001", "", "", ""],
        ["王志明", number(3), "QL0001", "", "", ""],
        ["赵德胜", number(5), "QL0001", "16111112222", "新厂", "QL0002"],
        ["钱玉兰", number(6), "QL0001", "", "", ""],
    ]
    return checked(bureau_staff, write_csv(rows, heading=HEADING))


def all_written(user, batch):
    answers = [Answer(3, "move"), Answer(4, "link", kind="COMMUNITY")]
    batch = decide_rows(by=user, batch=batch, answers=answers)
    return written(user, batch, "overwrite", moved_on=TODAY, moved_document="介字12号")


def refusals(batch):
    return [(what, found) for what, found, _ in batch.undo_refusals]


def test_everything_is_as_before_and_stays_on_record(batch, bureau_staff, other_branch):
    before = register()
    batch = all_written(bureau_staff, batch)
    assert register() != before
    assert (batch.counts["created"], batch.counts["changed"]) == (2, 1)

    batch = undone(bureau_staff, batch)

    assert (batch.state, batch.undo_refusals) == (RosterState.UNDONE, [])
    assert register() == before
    chunks = RosterChunk.objects.order_by("pk").values_list("kind", "created", "changed", "links")
    assert list(chunks) == [
        (ChunkKind.WRITE, 2, 1, 2),
        (ChunkKind.ACTS, 0, 2, 0),
        (ChunkKind.UNDO, 0, -2, 0),
        (ChunkKind.UNDO, -2, -1, -2),
    ]
    acts = AuditEvent.objects.filter(act__startswith="撤回").values_list("act", "note")
    assert sorted(acts) == [
        ("撤回名册导入", "传错了名册"),
        ("撤回活动组织", "传错了名册"),
        ("撤回组织关系转接", "传错了名册"),
    ]
    withdrawn = Affiliation.objects.filter(withdrawn_on__isnull=False)
    assert withdrawn.count() == 3
    assert {tie.end_reason for tie in withdrawn} == {"名册已撤回"}
    assert {tie.ending for tie in withdrawn} == {"已撤回"}
    assert Member.objects.get(name="张建国").version == 3


def test_who_was_taken_out_comes_in_again(write_csv, bureau_staff, branch):
    path = write_csv([["赵德胜", number(5), "QL0001"]])
    undone(bureau_staff, written(bureau_staff, checked(bureau_staff, path)))
    assert Member.objects.count() == 0
    again = written(bureau_staff, checked(bureau_staff, path))
    assert again.counts["created"] == 1
    assert Affiliation.objects.current().count() == 1


def test_a_changed_number_goes_back(write_csv, bureau_staff, zhang):
    batch = checked(bureau_staff, write_csv([["张建国", number(3), "QL0001"]]))
    answers = [Answer(2, "number", reason="与原件核对")]
    batch = written(bureau_staff, decide_rows(by=bureau_staff, batch=batch, answers=answers))
    assert Member.objects.get().id_number == number(3)
    before = zhang.id_number_index
    undone(bureau_staff, batch)
    member = Member.objects.get()
    assert (member.id_number, member.id_number_index) == (number(1), before)


def test_who_was_in_no_branch_is_in_none_again(write_csv, superuser, zhang):
    transfer_out(by=None, member=zhang, on=dt.date(2026, 10, 1), document="介字1号")
    before = register()
    batch = checked(superuser, write_csv([["张建国", number(1), "QL0001"]]))
    batch = decide_rows(by=superuser, batch=batch, answers=[Answer(2, "move")])
    batch = written(superuser, batch, moved_on=TODAY, moved_document="介字2号")
    assert Member.objects.get().branch.code == "QL0001"
    undone(superuser, batch)
    assert register() == before
    assert Member.objects.get().branch is None


def test_whom_a_roster_brought_home_to_another_street_is_in_his_old_one_again(
    write_csv, superuser, zhang, other_branch
):
    transfer_out(by=None, member=zhang, on=dt.date(2026, 10, 1), document="介字1号")
    before = register()
    batch = checked(superuser, write_csv([["张建国", number(1), "QL0002"]]))
    batch = decide_rows(by=superuser, batch=batch, answers=[Answer(2, "move")])
    batch = written(superuser, batch, moved_on=TODAY, moved_document="介字2号")
    assert Member.objects.get().area_path == other_branch.area_path
    undone(superuser, batch)
    assert register() == before


def edited(user, member):
    update_member(by=user, member=member, version=member.version, former_post="科长")


def moved(user, member):
    to = member.branch.__class__.objects.get(code="QL0002")
    transfer_member(by=user, member=member, to=to, on=TODAY, document="介字9号")


def died(user, member):
    mark_deceased(by=user, member=member, on=TODAY)


def given_account(user, member):
    open_account(by=user, member=member)


def linked(user, member):
    place = member.branch.__class__.objects.get(code="QL0002")
    add_link(by=user, member=member, branch=place, kind="TEMPORARY")


def attended(user, member):
    here = {"branch": member.branch, "kind_id": "activity.theme_day", "period": "2026-11"}
    activity = Activity.objects.create(date=TODAY, **here)
    Attendance.objects.create(
        activity=activity, member=member, home_branch=member.branch, state="PRESENT", by=user
    )


CHANGED = "导入以后，资料又改过（修改、转接、登记已故，或另一份名册）"


@pytest.mark.parametrize(
    ("later", "name", "said"),
    [
        (edited, "张建国", [(CHANGED, 1)]),
        (edited, "赵德胜", [(CHANGED, 1)]),
        (moved, "李秀英", [(CHANGED, 1)]),
        (moved, "钱玉兰", [(CHANGED, 1)]),
        (died, "钱玉兰", [(CHANGED, 1)]),
        (given_account, "钱玉兰", [("已经开通账号", 1)]),
        (linked, "钱玉兰", [("导入以后，又登记了活动组织", 1)]),
        (attended, "钱玉兰", [("有了到会记录", 1)]),
    ],
)
def test_where_later_work_stands_on_it_nothing_is_taken_back(
    batch, bureau_staff, other_branch, later, name, said
):
    batch = all_written(bureau_staff, batch)
    member = Member.objects.select_related("branch").get(name=name)
    if later is moved:
        Affiliation.objects.filter(member=member).update(started_on=dt.date(2020, 1, 1))
    later(bureau_staff, member)
    before = register()

    batch = undone(bureau_staff, batch)

    assert (batch.state, refusals(batch)) == (RosterState.DONE, said)
    assert batch.undo_refusals[0][2] == [member.pk]
    assert register() == before
    assert not RosterChunk.objects.filter(kind=ChunkKind.UNDO).exists()


def test_who_may_edit_only_a_part_takes_nothing_back(
    batch, bureau_staff, street_staff, outsider, street
):
    batch = all_written(bureau_staff, batch)
    with pytest.raises(RosterBatch.DoesNotExist):
        undo_roster(by=outsider, batch=batch, reason="传错了")
    # The street holds the roster's branch, but not the one to which somebody would go back.
    RosterBatch.objects.update(area_path=street.path)
    before = register()
    batch = undone(street_staff, batch)
    assert refusals(batch) == [("已不在您的管理范围，请联系上级老干部局", 2)]
    assert (batch.state, register()) == (RosterState.DONE, before)
    with pytest.raises(ValidationError) as refused:
        undo_roster(by=bureau_staff, batch=batch, reason=" ")
    assert refused.value.messages == ["请写明为什么撤回。"]


def test_links_alone_ask_for_scope(write_csv, bureau_staff, outsider, zhang, other_branch):
    """Who only got a link has no version to compare: whether he is in reach is asked all the same."""
    row = ["张建国", number(1), "QL0001", "", "", "QL0002"]
    batch = checked(bureau_staff, write_csv([row], heading=HEADING))
    batch = written(bureau_staff, batch, "fill")
    RosterBatch.objects.update(by=outsider, area_path="")
    before = register()
    batch = undone(outsider, batch)
    assert refusals(batch) == [("已不在您的管理范围，请联系上级老干部局", 1)]
    assert (batch.state, register()) == (RosterState.DONE, before)


@pytest.fixture
def may_not_transfer(monkeypatch):
    """Take the right to transfer from everybody, when called."""
    has_perm = User.has_perm

    def but_transfers(self, verb, obj=None):
        return verb != "members.transfer_member" and has_perm(self, verb, obj)

    return lambda: monkeypatch.setattr(User, "has_perm", but_transfers)


def test_a_transfer_is_not_done_for_who_lost_the_right(batch, bureau_staff, may_not_transfer):
    answers = [Answer(3, "move"), Answer(4, "link", kind="COMMUNITY")]
    batch = decide_rows(by=bureau_staff, batch=batch, answers=answers)
    may_not_transfer()
    batch = written(bureau_staff, batch, moved_on=TODAY, moved_document="介字12号")
    assert (batch.counts["H"], batch.counts["E:link"]) == (1, 1)
    assert Member.objects.get(name="李秀英").branch.code == "QL0002"


def test_a_transfer_is_not_taken_back_without_the_right(batch, bureau_staff, may_not_transfer):
    batch = all_written(bureau_staff, batch)
    before = register()
    may_not_transfer()
    batch = undone(bureau_staff, batch)
    assert refusals(batch) == [("您现在没有办理转接或活动组织的权限，请联系上级老干部局", 1)]
    assert register() == before


def test_a_link_that_was_ended_keeps_its_day_and_reason(batch, bureau_staff):
    """Of a new member, a known one, and one linked by a single decision."""
    batch = all_written(bureau_staff, batch)
    for name in ("赵德胜", "张建国", "王志明"):
        link = Affiliation.objects.current().exclude(kind="HOME").get(member__name=name)
        end_link(by=bureau_staff, affiliation=link, reason="搬家")
    batch = undone(bureau_staff, batch)
    assert refusals(batch) == [("导入以后，这次登记的活动组织已经结束", 3)]
    assert Affiliation.objects.filter(end_reason="搬家", withdrawn_on=None).count() == 3


def test_links_are_withdrawn_in_as_many_questions_for_three_as_for_one(
    write_csv, bureau_staff, branch, other_branch
):
    questions = []
    for orders in ((1,), (11, 13, 15)):
        for order in orders:
            make_member(branch, called(order), id_number=number(order))
        rows = [[called(order), number(order), "QL0001", "", "", "QL0002"] for order in orders]
        batch = checked(bureau_staff, write_csv(rows, heading=HEADING))
        batch = written(bureau_staff, batch, "fill")
        (chunk,) = batch.chunks.all()
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            Undo(batch, by=bureau_staff, beat=lambda: None).take_back(chunk)
        questions.append(len(asked))
    assert questions[0] == questions[1]


def test_it_shows_life_for_each_relation_and_each_chunk(batch, bureau_staff):
    batch = all_written(bureau_staff, batch)
    beats = []
    Undo(batch, by=bureau_staff, beat=lambda: beats.append(1)).refuse_if_built_on()
    pointing = [each for each in Member._meta.related_objects if each.one_to_many]
    assert len(beats) >= len(pointing) + batch.chunks.count()


def test_what_was_not_written_cannot_be_taken_back(batch, bureau_staff):
    with pytest.raises(ValidationError):
        undo_roster(by=bureau_staff, batch=batch, reason="传错了")


def test_it_goes_on_chunk_by_chunk_where_it_stopped(write_csv, bureau_staff, branch, monkeypatch):
    """A process that dies between two chunks loses nothing and doubles nothing (security §5b F1)."""
    monkeypatch.setattr(runs, "CHUNK_ROWS", 10)
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 1)
    path = write_csv([[called(order), number(order), "QL0001"] for order in range(1, 31)])
    batch = written(bureau_staff, checked(bureau_staff, path))
    take_back = runs.Undo.take_back
    taken = []

    def dies_at_the_second(self, chunk):
        taken.append(chunk.pk)
        take_back(self, chunk)
        if len(taken) == 2:
            raise MemoryError

    monkeypatch.setattr(runs.Undo, "take_back", dies_at_the_second)
    batch = undo_roster(by=bureau_staff, batch=batch, reason="传错了", ring=False)
    with pytest.raises(MemoryError):
        run_now(batch.undo_run)
    assert Member.objects.count() == 20

    run_now(batch.undo_run)
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (RosterState.UNDONE, 0)
    undo = RosterChunk.objects.filter(kind=ChunkKind.UNDO)
    assert [chunk.created for chunk in undo] == [-10, -10, -10]
    assert AuditEvent.objects.filter(act="撤回名册导入").count() == 1


def test_no_value_is_in_the_trail(batch, bureau_staff):
    undone(bureau_staff, all_written(bureau_staff, batch))
    told = "".join(f"{event.before}{event.after}{event.note}" for event in AuditEvent.objects.all())
    assert not re.search(r"\d{17}[\dX]|161\d{8}", told)
