"""Rows that were taken before are known at a glance, until anything about them changes."""

import pytest

from core.models import Code, RuleParameter
from members.actions import transfer_member, update_member
from members.models import Member, RosterBatch
from members.roster import preview
from members.roster.validation import Judge
from tests.cast import TODAY
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "入党日期", "联系电话", "原工作单位")
ZHANG = ["张建国", number(1), "QL0001", "1980-07-01", "16112345678", "第一机械厂"]
LI = ["李秀英", number(2), "QL0001", "1966-07-01", "", ""]


@pytest.fixture
def judged(monkeypatch):
    """Count the rows that were judged."""
    rows = []
    judge = Judge.judge

    def counting(self, row, cells, shared):
        rows.append(row)
        return judge(self, row, cells, shared)

    monkeypatch.setattr(Judge, "judge", counting)
    return rows


@pytest.fixture
def path(write_csv, import_roster, bureau_staff, branch, judged):
    """A roster that was imported once; of its two rows one has a finding."""
    path = write_csv([ZHANG, LI], heading=HEADING)
    report = import_roster(path, bureau_staff)
    assert (report.figures, report.codes) == ((2, 2, 0, 0, 0, 0), ["JOIN_YOUNG"])
    judged.clear()
    return path


def test_what_was_taken_without_findings_is_not_judged_again(
    path, import_roster, bureau_staff, judged
):
    report = import_roster(path, bureau_staff)
    assert (report.figures, report.codes) == ((2, 0, 0, 2, 0, 0), ["JOIN_YOUNG"])
    assert judged == [3]


def test_a_changed_row_is_judged(write_csv, import_roster, bureau_staff, path, judged):
    changed = write_csv([[*ZHANG[:5], "第二机械厂"], LI], heading=HEADING)
    report = import_roster(changed, bureau_staff, "--on-duplicate", "overwrite")
    assert (report.figures, judged) == ((2, 0, 1, 1, 0, 0), [2, 3])
    judged.clear()
    assert import_roster(changed, bureau_staff).figures == (2, 0, 0, 2, 0, 0)
    assert judged == [3]


def test_what_was_only_filled_is_still_told_to_differ(write_csv, import_roster, bureau_staff, path):
    Member.objects.filter(name="张建国").update(former_unit="", version=2)
    differs = write_csv([[*ZHANG[:3], "1981-07-01", *ZHANG[4:]]], heading=HEADING)
    assert import_roster(differs, bureau_staff, "--on-duplicate", "fill").figures[2] == 1
    assert import_roster(differs, bureau_staff).figures == (1, 0, 0, 0, 0, 1)


def test_a_member_edited_since_is_compared(path, import_roster, bureau_staff):
    member = Member.objects.get(name="张建国")
    update_member(by=bureau_staff, member=member, version=member.version, former_unit="老厂")
    assert import_roster(path, bureau_staff).figures == (2, 0, 0, 1, 0, 1)


def test_a_member_moved_since_is_held(path, import_roster, bureau_staff, other_branch):
    member = Member.objects.get(name="张建国")
    transfer_member(by=bureau_staff, member=member, to=other_branch, on=TODAY, document="8号")
    report = import_roster(path, bureau_staff)
    assert (report.figures, report.codes) == ((2, 0, 0, 1, 0, 1), ["OTHER_BRANCH", "JOIN_YOUNG"])


def test_a_branch_that_is_lost_or_renamed_is_not_taken_for_known(
    write_csv, import_roster, bureau_staff, outsider, branch, far_branch
):
    path = write_csv(
        [["张建国", number(1), branch.name]], heading=("姓名", "公民身份号码", "党支部")
    )
    import_roster(path, bureau_staff)
    assert import_roster(path, outsider).codes == ["ID_ELSEWHERE", "BRANCH_UNKNOWN"] or (
        import_roster(path, outsider).codes == ["BRANCH_UNKNOWN", "ID_ELSEWHERE"]
    )
    type(branch).objects.filter(pk=branch.pk).update(name="槐荫社区第一党支部")
    assert import_roster(path, bureau_staff).codes == ["BRANCH_UNKNOWN"]


def test_a_number_twice_is_told_also_of_a_known_row(
    write_csv, import_roster, bureau_staff, path, judged
):
    twice = write_csv([ZHANG, ZHANG], heading=HEADING)
    report = import_roster(twice, bureau_staff)
    assert (report.codes, report["problems"][0]["row"]) == (["ID_TWICE"], 3)


@pytest.mark.parametrize("what", ["threshold", "code"])
def test_other_rules_are_asked_afresh(path, import_roster, bureau_staff, judged, what):
    if what == "threshold":
        RuleParameter.objects.filter(key="member.join_age_usual").update(value="17")
    else:
        Code.objects.filter(table="ethnicity", code="01").update(name="汉人")
    import_roster(path, bureau_staff)
    assert judged == [2, 3]


def test_a_word_is_told_of_the_first_newcomer_though_rows_known_at_a_glance_have_it(
    write_csv, import_roster, bureau_staff, branch, judged
):
    heading = (*HEADING[:3], "民族", "原工作单位")
    known = [[called(order), number(order), "QL0001", "汉", "老厂"] for order in (1, 3)]
    import_roster(write_csv(known, heading=heading), bureau_staff)
    judged.clear()
    newcomers = [["李秀英", number(2), "QL0001", "汉", " 老厂"], ["王志明", number(5), "QL0001", "汉", "老厂"]]  # fmt: skip
    path = write_csv([*known, *newcomers], heading=heading)
    dry = import_roster(path, bureau_staff, "--dry-run")
    report = import_roster(path, bureau_staff)
    batch = RosterBatch.objects.latest("pk")
    told = [
        (line.row, {change.label: (change.before, change.after) for change in line.mended})
        for line in preview.lines(batch, list(preview.rows_of(batch, "mended")), user=bureau_staff)
    ]
    assert judged == [4, 5, 4, 5]
    assert told == [(4, {"原工作单位": ("␣老厂", "老厂"), "民族": ("汉", "汉族")})]
    assert (dry["mended"], report["mended"]) == (1, 1)
