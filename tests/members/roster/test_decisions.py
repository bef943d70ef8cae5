"""What a person decides about single rows: alike, elsewhere, different (issue: duplicates)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEvent
from members.actions import add_link, update_member
from members.actions.roster_rows import Answer, decide_elsewhere, decide_rows
from members.enums import RosterRowState
from members.models import Affiliation, Member, RosterBatch, RosterRow
from members.roster.alike import Likeness
from members.roster.reporting import findings, summarise
from members.roster.validation import Judged
from tests.cast import TODAY
from tests.factories.branches import make_branch
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "联系电话", "原工作单位")


@pytest.fixture
def zhang(branch):
    return make_member(
        branch, "张建国", id_number=number(1), birth_date=dt.date(1950, 1, 1), former_unit="老厂"
    )


def states(batch):
    rows = RosterRow.objects.filter(batch=batch).order_by("row")
    return "".join(rows.values_list("state", flat=True))


def codes(batch):
    return [found.code for found in findings(batch)]


# --- alike -----------------------------------------------------------------------------------


@pytest.fixture
def alike(write_csv, bureau_staff, zhang, other_branch) -> RosterBatch:
    """Row 2 looks like 张建国; row 3 is born in another month, row 4 in another branch."""
    make_member(other_branch, "李秀英", id_number=number(8, "19510203"), gender="2")
    rows = [
        ["张建国", number(3), "QL0001", "16187654321", "新厂"],
        ["张建国", number(5, "19500201"), "QL0001", "", ""],
        ["李秀英", number(2, "19510203"), "QL0001", "", ""],
    ]
    return checked(bureau_staff, write_csv(rows, heading=HEADING))


def test_somebody_alike_is_a_question_never_a_merge(alike, bureau_staff, zhang):
    assert (states(alike), codes(alike)) == ("ANN", ["ALIKE", "NAME_SAKE"])
    assert (summarise(alike).new, summarise(alike).to_confirm) == (2, 1)

    batch = written(bureau_staff, alike, "overwrite")

    assert (batch.counts["created"], batch.counts["changed"]) == (2, 0)
    assert Member.objects.get(pk=zhang.pk).version == zhang.version


def test_the_same_person_keeps_his_number_and_takes_what_was_ticked(alike, bureau_staff, zhang):
    answer = Answer(2, "same", ("former_unit",))
    batch = decide_rows(by=bureau_staff, batch=alike, answers=[answer])
    assert (summarise(batch).changed, summarise(batch).to_confirm) == (1, 0)

    batch = written(bureau_staff, batch)

    member = Member.objects.get(pk=zhang.pk)
    assert (member.id_number, member.former_unit, member.phone) == (
        zhang.id_number,
        "新厂",
        zhang.phone,
    )
    assert (summarise(batch).new, summarise(batch).changed) == (2, 1)


def test_the_rosters_number_is_right_for_a_typed_reason_on_record(alike, bureau_staff, zhang):
    with pytest.raises(ValidationError) as refused:
        decide_rows(by=bureau_staff, batch=alike, answers=[Answer(2, "number")])
    assert refused.value.messages == ["第2行要改登记的证件号码，请写明原因。"]

    answer = Answer(2, "number", reason="与身份证原件核对，登记时抄错一位")
    batch = decide_rows(by=bureau_staff, batch=alike, answers=[answer])
    written(bureau_staff, batch)

    member = Member.objects.get(pk=zhang.pk)
    index = Member._meta.get_field("id_number_index")
    assert (member.id_number, member.id_number_index) == (number(3), index.digest(number(3)))
    event = AuditEvent.objects.get(act="按名册更正证件号码")
    assert (event.object_id, event.note) == (str(zhang.pk), "与身份证原件核对，登记时抄错一位")
    assert number(3) not in f"{event.before}{event.after}"


def test_another_person_is_registered_anew(alike, bureau_staff, zhang):
    batch = decide_rows(by=bureau_staff, batch=alike, answers=[Answer(2, "other")])
    assert summarise(batch).new == 3
    batch = written(bureau_staff, batch)
    assert (batch.counts["created"], summarise(batch).new, summarise(batch).to_confirm) == (3, 3, 0)
    assert Member.objects.filter(name="张建国", branch=zhang.branch).count() == 3


def test_of_several_alike_none_is_taken_for_the_same(write_csv, bureau_staff, branch, zhang):
    make_member(branch, "张建国", id_number=number(7), birth_date=dt.date(1950, 1, 1))
    batch = checked(bureau_staff, write_csv([["张建国", number(3), "QL0001"]]))
    assert codes(batch) == ["ALIKE_SEVERAL"]
    with pytest.raises(ValidationError):
        decide_rows(by=bureau_staff, batch=batch, answers=[Answer(2, "same")])
    decide_rows(by=bureau_staff, batch=batch, answers=[Answer(2, "other")])


def test_a_register_without_people_there_is_not_asked(
    write_csv, bureau_staff, branch, other_branch, zhang, django_assert_max_num_queries
):
    """At most one question a chunk more, and none for branches without members."""
    likeness = Likeness()
    newcomer = Judged(2, [], {"branch": other_branch.pk, "name": "张建国"})
    with django_assert_max_num_queries(1):  # which branches have members, once for the file
        likeness.question([newcomer])
    with django_assert_max_num_queries(0):
        likeness.question([newcomer])


def test_one_edited_since_is_held(alike, bureau_staff, zhang):
    batch = decide_rows(by=bureau_staff, batch=alike, answers=[Answer(2, "same", ("phone",))])
    update_member(by=bureau_staff, member=zhang, version=zhang.version, former_unit="第三厂")
    batch = written(bureau_staff, batch)
    assert "EDITED_MEANWHILE" in codes(batch)
    assert (summarise(batch).to_confirm, summarise(batch).changed) == (1, 0)


# --- elsewhere -------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(write_csv, bureau_staff, branch, other_branch) -> RosterBatch:
    """Three members of B2 on a roster of B1."""
    make_member(other_branch, "张建国", id_number=number(1))
    make_member(other_branch, "李秀英", id_number=number(2), gender="2")
    make_member(other_branch, "王志明", id_number=number(3))
    rows = [["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]]
    rows += [["王志明", number(3), "QL0001"]]
    return checked(bureau_staff, write_csv(rows))


def test_nothing_happens_to_a_member_elsewhere_unless_decided(
    elsewhere, bureau_staff, other_branch
):
    assert (states(elsewhere), summarise(elsewhere).to_confirm) == ("EEE", 3)
    written(bureau_staff, elsewhere, "overwrite")
    assert Member.objects.filter(branch=other_branch).count() == 3


def test_one_is_moved_one_linked_one_left(elsewhere, bureau_staff, branch, other_branch):
    answers = [Answer(2, "move"), Answer(3, "link", kind="COMMUNITY"), Answer(4, "leave")]
    batch = decide_rows(by=bureau_staff, batch=elsewhere, answers=answers)
    summary = summarise(batch)
    assert (summary.moved, summary.linked, summary.unchanged, summary.to_confirm) == (1, 1, 1, 0)
    assert "转接1，来参加活动1" in summary.sentence()
    assert not Affiliation.objects.filter(branch=branch).exists()

    with pytest.raises(ValidationError) as refused:
        written(bureau_staff, batch)
    assert refused.value.message_dict == {"document": ["请填写介绍信编号或文件名称。"]}
    batch = written(bureau_staff, batch, moved_on=TODAY, moved_document="介字12号")

    ties = Affiliation.objects.filter(branch=branch).order_by("member__name")
    assert [(tie.member.name, tie.kind, tie.document) for tie in ties] == [
        ("张建国", "HOME", "介字12号"),
        ("李秀英", "COMMUNITY", "名册导入"),
    ]
    assert summarise(batch) == summary
    acts = ["转接组织关系", "登记活动组织", "导入党员名册"]
    assert AuditEvent.objects.filter(act__in=acts).count() == 3
    assert AuditEvent.objects.filter(act="转接组织关系").count() == 1


def test_all_of_them_are_decided_at_once(elsewhere, bureau_staff, branch):
    batch = decide_elsewhere(by=bureau_staff, batch=elsewhere, decision="move")
    assert summarise(batch).moved == 3
    decide_rows(by=bureau_staff, batch=batch, answers=[Answer(3, "leave")])
    batch = written(bureau_staff, batch, moved_on=TODAY, moved_document="介字12号")
    assert (summarise(batch).moved, Member.objects.filter(branch=branch).count()) == (2, 2)


def test_what_the_act_refuses_is_held_with_its_own_sentence(
    elsewhere, bureau_staff, branch, other_branch, community
):
    """The area's 1+2 is used up (SYS-05)."""
    member = Member.objects.get(name="李秀英")
    for order in range(2):
        place = make_branch(community, f"书画社{order}党支部", code=f"QL001{order}")
        add_link(by=None, member=member, branch=place, kind="ASSOCIATION")
    batch = decide_elsewhere(by=bureau_staff, batch=elsewhere, decision="link", kind="COMMUNITY")
    batch = written(bureau_staff, batch)
    assert (summarise(batch).linked, summarise(batch).to_confirm) == (2, 1)
    held = [found.message for found in findings(batch) if found.code == "ACT_REFUSED"]
    assert held == [
        "这一项没有办成：本区实行1+2，已有2个活动组织（临时的、功能组不算）。要再登记，请先结束一个。"
    ]


def test_who_may_make_no_transfer_is_refused(
    write_csv, branch, other_branch, secretary, elsewhere, outsider
):
    batch = RosterBatch.objects.get()
    RosterBatch.objects.update(by=secretary, area_path=branch.area_path)
    with pytest.raises(PermissionDenied):
        decide_elsewhere(by=secretary, batch=batch, decision="move")
    with pytest.raises(RosterBatch.DoesNotExist):
        decide_elsewhere(by=outsider, batch=batch, decision="leave")
    assert not RosterRow.objects.filter(decision__isnull=False).exists()


# --- different -------------------------------------------------------------------------------


@pytest.fixture
def different(write_csv, bureau_staff, branch, zhang) -> RosterBatch:
    make_member(branch, "李秀英", id_number=number(2), gender="2", former_unit="老厂")
    rows = [
        ["张建国", number(1), "QL0001", "16187654321", "新厂"],
        ["李秀英", number(2), "QL0001", "", "新厂"],
    ]
    return checked(bureau_staff, write_csv(rows, heading=HEADING))


def test_single_rows_and_fields_are_taken_or_kept(different, bureau_staff, zhang):
    answers = [Answer(2, "take", ("phone",)), Answer(3, "keep")]
    batch = decide_rows(by=bureau_staff, batch=different, answers=answers)
    summary = summarise(batch)
    assert (summary.changed, summary.unchanged, summary.to_confirm) == (1, 1, 0)

    batch = written(bureau_staff, batch)

    member = Member.objects.get(pk=zhang.pk)
    assert (member.phone, member.former_unit, member.roster_mark) == ("16187654321", "老厂", "")
    assert Member.objects.get(name="李秀英").former_unit == "老厂"
    assert summarise(batch) == summary


def test_a_single_decision_stands_against_the_choice_for_the_file(different, bureau_staff):
    batch = decide_rows(by=bureau_staff, batch=different, answers=[Answer(2, "keep")])
    choices = {
        choice: (summarise(batch, choice).changed, summarise(batch, choice).to_confirm)
        for choice in ("ask", "skip", "fill", "overwrite")
    }
    assert choices == {"ask": (0, 1), "skip": (0, 0), "fill": (0, 0), "overwrite": (1, 0)}
    written(bureau_staff, batch, "overwrite")
    assert sorted(Member.objects.values_list("former_unit", flat=True)) == ["新厂", "老厂"]


def test_a_decision_can_be_opened_again_and_a_wrong_one_keeps_none(different, bureau_staff):
    decide_rows(by=bureau_staff, batch=different, answers=[Answer(2, "keep")])
    batch = decide_rows(by=bureau_staff, batch=different, answers=[Answer(2, "")])
    assert summarise(batch).to_confirm == 2
    for wrong in (Answer(2, "move"), Answer(2, "other"), Answer(99, "keep")):
        with pytest.raises(ValidationError):
            decide_rows(by=bureau_staff, batch=batch, answers=[Answer(3, "keep"), wrong])
    assert not RosterRow.objects.filter(decision__isnull=False).exists()


def test_the_record_is_judged_as_the_whole_that_it_becomes(write_csv, bureau_staff, branch):
    """A retirement date that is sound by itself, but lies before the work that is registered."""
    member = make_member(
        branch,
        "张建国",
        id_number=number(1),
        birth_date=dt.date(1950, 1, 1),
        work_start=dt.date(2005, 1, 1),
        retire_date=None,
    )
    heading = ("姓名", "公民身份号码", "支部代码", "离退休时间")
    path = write_csv([["张建国", number(1), "QL0001", "1999-01-01"]], heading=heading)
    batch = checked(bureau_staff, path)
    assert codes(batch) == ["DIFFERS", "MERGED"]
    assert "离退休时间早于参加工作时间" in list(findings(batch))[1].message

    batch = written(bureau_staff, batch, "overwrite")

    assert (states(batch), codes(batch)) == (RosterRowState.HELD.value, ["MERGED_REFUSED"])
    assert Member.objects.get(pk=member.pk).retire_date is None
    assert (summarise(batch).changed, summarise(batch).to_confirm) == (0, 1)
