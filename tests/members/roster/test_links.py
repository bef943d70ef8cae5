"""The column 活动组织: managing links that come in with the roster (SYS-04, SYS-05)."""

import datetime as dt
import json

import pytest
import time_machine

from branches.enums import BranchKind, BranchSetting, Tie
from branches.models import Branch
from core.models import AuditEvent, RuleParameter
from members.actions import end_link
from members.enums import AffiliationKind
from members.models import Affiliation, Member, RosterBatch, RosterRow
from members.roster.applying import Writer
from tests.cast import TODAY
from tests.factories.branches import make_branch
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "就近活动支部")
ZHANG, LI = ("张建国", number(1), "QL0001"), ("李秀英", number(2), "QL0001")
LIMIT = "本区实行1+2，已有2个活动组织（临时的、功能组不算）。要再登记，请先结束一个。多出的不登记。"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def places(branch, other_branch, community):
    """An association's branch, a temporary one and a functional group beside B1 and B2."""
    painters = make_branch(
        community, "书画协会党支部", code="QL0003", setting=BranchSetting.ASSOCIATION
    )
    make_branch(
        community, "候鸟临时党支部", code="QL0004", kind=BranchKind.TEMP_BRANCH, tie=Tie.PLACE
    )
    make_branch(
        community, "法律功能党小组", code="QL0005", kind=BranchKind.FUNCTIONAL_GROUP, parent=branch
    )
    return painters


def links_of(name):
    rows = Affiliation.objects.filter(member__name=name).exclude(kind=AffiliationKind.HOME)
    return sorted(rows.values_list("branch__code", "kind"))


def test_names_and_codes_become_links_by_the_kind_of_the_branch(
    write_csv, import_roster, bureau_staff, places
):
    path = write_csv(
        [
            [*ZHANG, "柳岸社区离退休干部党支部；QL0004"],
            [*LI, "书画协会党支部、QL0005"],
        ],
        heading=HEADING,
    )
    report = import_roster(path, bureau_staff)
    assert (report.figures, report["links"], report.codes) == ((2, 2, 0, 0, 0, 0), 4, [])
    assert links_of("张建国") == [("QL0002", "COMMUNITY"), ("QL0004", "TEMPORARY")]
    assert links_of("李秀英") == [("QL0003", "ASSOCIATION"), ("QL0005", "FUNCTIONAL")]
    batch = RosterBatch.objects.get()
    begun = Affiliation.objects.exclude(kind=AffiliationKind.HOME)
    assert set(begun.values_list("started_on", "roster_batch")) == {(TODAY, batch.pk)}
    assert batch.chunks.get().links == 4
    assert "登记活动组织4个" in json.dumps(
        AuditEvent.objects.get(act="导入党员名册").after, ensure_ascii=False
    )
    again = import_roster(path, bureau_staff)
    assert (again.figures, again["links"]) == ((2, 0, 0, 2, 0, 0), 0)
    assert Affiliation.objects.exclude(kind=AffiliationKind.HOME).count() == 4


def test_a_third_place_is_refused_by_the_policy_with_its_own_sentence(
    write_csv, import_roster, bureau_staff, other_branch, places
):
    heading = (*HEADING[:3], "活动组织")
    make_branch(places.area, "门球协会党支部", code="QL0006")
    path = write_csv([[*ZHANG, "QL0002,QL0003，QL0006; QL0004"]], heading=heading)
    report = import_roster(path, bureau_staff)
    assert (report["links"], report["rejected"]) == (3, 0)
    assert [found["message"] for found in report["problems"]] == [LIMIT]
    assert links_of("张建国") == [
        ("QL0002", "COMMUNITY"),
        ("QL0003", "ASSOCIATION"),
        ("QL0004", "TEMPORARY"),
    ]
    RuleParameter.objects.filter(key="affiliation.max_links").update(value="")
    report = import_roster(path, bureau_staff, "--on-duplicate", "fill")
    assert (report.figures, report["links"]) == ((1, 0, 1, 0, 0, 0), 1)
    assert ("QL0006", "COMMUNITY") in links_of("张建国")


def test_what_cannot_be_a_link_is_said_and_left_out(
    write_csv, import_roster, bureau_staff, places, far_branch, community
):
    make_branch(community, "青澜区党委", code="QL0007", kind=BranchKind.PARTY_COMMITTEE)
    make_branch(community, "柳岸社区离退休干部党支部", code="QL0008")
    path = write_csv(
        [
            [*ZHANG, "YL0007、没有的支部、QL0001、QL0003"],
            [*LI, "柳岸社区离退休干部党支部 、 QL0007"],
        ],
        heading=HEADING,
    )
    report = import_roster(path, bureau_staff)
    assert report.codes == [
        *("LINK_PLACE", "LINK_PLACE", "LINK_HOME"),
        *("LINK_PLACE", "LINK_PLACE"),
    ]
    assert (report["new"], report["links"], links_of("张建国")) == (
        2,
        1,
        [("QL0003", "ASSOCIATION")],
    )
    assert [found["message"] for found in report["problems"]] == [
        "第1个活动组织不登记：没有找到这个组织，请填完整的名称或组织代码。",
        "第2个活动组织不登记：没有找到这个组织，请填完整的名称或组织代码。",
        "活动组织里写了隶属的党支部，不用再登记，这一个不写入。",
        "第1个活动组织不登记：有两个以上的组织叫这个名称，请改填组织代码。",
        "第2个活动组织不登记：这类党组织不直接管理党员，请选一个党支部。",
    ]
    assert report["problems"][0]["column"] == "就近活动支部"


def test_a_known_member_gets_what_he_lacks_as_the_file_is_to_be_taken(
    write_csv, import_roster, bureau_staff, branch, other_branch, places
):
    zhang = make_member(branch, "张建国", id_number=number(1))
    path = write_csv([[*ZHANG, "QL0002"]], heading=HEADING)
    for choice, figures, links in (
        ("ask", (1, 0, 0, 0, 0, 1), 0),
        ("skip", (1, 0, 0, 1, 0, 0), 0),
        ("fill", (1, 0, 1, 0, 0, 0), 1),
        ("overwrite", (1, 0, 0, 1, 0, 0), 0),
    ):
        report = import_roster(path, bureau_staff, "--on-duplicate", choice)
        assert (choice, report.figures, report["links"]) == (choice, figures, links)
        if choice == "ask":
            assert "不一致：活动组织。" in report["problems"][0]["message"]
    assert links_of("张建国") == [("QL0002", "COMMUNITY")]
    end_link(by=None, affiliation=Affiliation.objects.get(member=zhang, branch=other_branch))
    assert import_roster(path, bureau_staff, "--on-duplicate", "fill")["links"] == 1


def test_an_ended_link_of_a_member_from_the_roster_begins_again(
    write_csv, import_roster, bureau_staff, branch, other_branch
):
    path = write_csv([[*ZHANG, "QL0002"]], heading=HEADING)
    import_roster(path, bureau_staff)
    (link,) = Affiliation.objects.filter(branch=other_branch)
    end_link(by=None, affiliation=link)
    report = import_roster(path, bureau_staff, "--on-duplicate", "fill")
    assert (report.figures, report["links"]) == ((1, 0, 1, 0, 0, 0), 1)


def test_a_link_given_since_the_check_is_counted_and_not_doubled(
    write_csv, import_roster, bureau_staff, branch, other_branch, places, monkeypatch
):
    """The policy is asked again under lock, and so is whether the branch still stands."""
    zhang = make_member(branch, "张建国", id_number=number(1))
    path = write_csv([[*ZHANG, "QL0002、QL0003"], [*LI, "QL0002、QL0003"]], heading=HEADING)
    ask = Writer.refuse_lost_branches

    def meanwhile(self):
        Affiliation.objects.create(member=zhang, branch=places, kind=AffiliationKind.ASSOCIATION)
        Branch.objects.filter(pk=other_branch.pk).update(dissolved_on=TODAY)
        return ask(self)

    monkeypatch.setattr(Writer, "refuse_lost_branches", meanwhile)
    report = import_roster(path, bureau_staff, "--on-duplicate", "fill")
    assert (report["new"], report["links"]) == (1, 1)
    assert links_of("张建国") == links_of("李秀英") == [("QL0003", "ASSOCIATION")]


def test_a_secretary_links_only_within_his_own_organisations(
    write_csv, import_roster, secretary, other_branch, group
):
    path = write_csv([[*ZHANG, "QL0002、QL0001-1"]], heading=HEADING)
    report = import_roster(path, secretary)
    assert (report["links"], report.codes) == (1, ["LINK_PLACE"])
    assert links_of("张建国") == [("QL0001-1", "COMMUNITY")]


def test_a_dry_run_counts_them_and_writes_nothing(
    write_csv, import_roster, bureau_staff, branch, other_branch
):
    report = import_roster(
        write_csv([[*ZHANG, "QL0002"]], heading=HEADING), bureau_staff, "--dry-run"
    )
    assert (report["links"], Member.objects.count()) == (1, 0)
    assert not RosterRow.objects.filter(links__isnull=False).exists()
