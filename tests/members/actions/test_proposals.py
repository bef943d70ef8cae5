"""A branch asks another to receive its member for activities; the other one's word begins the link (SYS-04)."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.actions import dissolve_branch
from branches.enums import Role
from branches.models import Area, Branch
from core.models import AuditEvent, Notice, RuleParameter, User
from members.actions import (
    add_link,
    ask_office,
    confirm_link,
    decline_link,
    mark_deceased,
    propose_link,
    transfer_member,
    transfer_out,
    waiting_requests,
    withdraw_death,
    withdraw_proposal,
)
from members.enums import ProposalState
from members.models import Affiliation, LinkProposal, Member
from members.rules import proposal as rules
from tests.cast import TODAY
from tests.factories.branches import make_branch, make_post
from tests.factories.members import make_member, make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(branch: Branch) -> Member:
    """At home in B1; B2, of another street, would receive him."""
    return make_member(branch, "张建国")


@pytest.fixture
def proposal(person: Member, other_branch: Branch, secretary: User) -> LinkProposal:
    return make_proposal(person, other_branch, by=secretary)


def links(person: Member) -> list[tuple[str, str, dt.date | None]]:
    rows = Affiliation.objects.current().links().filter(member=person)
    return list(rows.values_list("branch__name", "kind", "started_on"))


def told(user: User) -> list[tuple[str, str, str]]:
    rows = Notice.objects.filter(user=user).order_by("pk")
    return [(each.text, each.detail, each.url) for each in rows]


def page(proposal: LinkProposal) -> str:
    return reverse("members:proposal", args=[proposal.pk])


def refused(act: Any, **given: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        act(**given)
    return list(caught.value.messages)


# --- the way of one proposal ---------------------------------------------------------------------


def test_nothing_begins_until_the_host_confirms_and_then_all_are_told(
    person: Member, other_branch: Branch, secretary: User, other_secretary: User, branch: Branch
) -> None:
    asked = propose_link(
        by=secretary,
        member=person,
        place=f" {other_branch.name} ",
        kind="ASSOCIATION",
        started_on=dt.date(2026, 11, 1),
    )
    assert (asked.state, links(person)) == (ProposalState.WAITING, [])
    assert told(other_secretary) == [
        (
            f"张建国同志想来{other_branch.label}参加活动，请您确认",
            f"组织关系在{branch.label}，隶属不变。",
            page(asked),
        )
    ]
    done = confirm_link(by=other_secretary, proposal=asked)
    assert (done.state, done.settled_by) == (ProposalState.CONFIRMED, other_secretary)
    assert links(person) == [(other_branch.name, "ASSOCIATION", dt.date(2026, 11, 1))]
    assert told(other_secretary) == [], "nothing is left to do"
    assert [(text, url) for text, _, url in told(secretary)] == [
        (f"{other_branch.label}已确认：张建国同志可以去参加活动", page(asked))
    ]
    acts = AuditEvent.objects.filter(object_type="members.linkproposal").order_by("pk")
    assert list(acts.values_list("act", "by_name", "area_path")) == [
        ("申请活动组织", str(secretary), person.area_path),
        ("确认活动组织申请", str(other_secretary), person.area_path),
    ]
    assert AuditEvent.objects.get(act="登记活动组织").by == other_secretary


def test_what_is_declined_says_why_and_may_be_asked_again(
    proposal: LinkProposal, person: Member, other_branch: Branch, secretary: User,
    other_secretary: User,
) -> None:  # fmt: skip
    assert refused(decline_link, by=other_secretary, proposal=proposal, reason=" ") == [
        "请写明为什么，对方和这位同志看得到。"
    ]
    decline_link(by=other_secretary, proposal=proposal, reason="活动室坐不下，电话13912345678")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.DECLINED
    assert "13912345678" not in proposal.reason
    assert told(secretary) == [
        (
            f"{other_branch.label}这次不能接收张建国同志参加活动",
            f"原话：{proposal.reason}",
            page(proposal),
        )
    ]
    assert refused(confirm_link, by=other_secretary, proposal=proposal) == [
        "这次申请已婉拒，不用再办。"
    ]
    assert links(person) == []
    again = make_proposal(person, other_branch, by=secretary)
    assert (again.pk != proposal.pk, again.is_waiting) == (True, True)


def test_what_is_taken_back_asks_nobody_any_more(
    proposal: LinkProposal, secretary: User, other_secretary: User
) -> None:
    with pytest.raises(Branch.DoesNotExist):
        withdraw_proposal(by=other_secretary, proposal=proposal)
    withdraw_proposal(by=secretary, proposal=proposal)
    assert told(other_secretary) == []
    assert refused(confirm_link, by=other_secretary, proposal=proposal) == [
        "这次申请已撤回，不用再办。"
    ]


def test_the_longest_names_fit_into_what_is_told(
    other_community: Area, community: Area, secretary: User, other_secretary: User
) -> None:
    homes = [make_branch(area, "党" * 99 + area.name[0]) for area in (community, other_community)]
    for home, user in zip(homes, (secretary, other_secretary), strict=True):
        make_post(Role.SECRETARY, home, user)
    person = make_member(homes[0], "买" * 20)
    for answer, given in ((decline_link, {"reason": "坐" * 100}), (confirm_link, {})):
        asked = make_proposal(person, homes[1], by=secretary)
        answer(by=other_secretary, proposal=asked, **given)
    assert [len(text) <= 200 for text, *_ in told(secretary)] == [True, True]


def test_each_step_sent_twice_has_one_effect(
    person: Member, other_branch: Branch, secretary: User, other_secretary: User
) -> None:
    first, second = (make_proposal(person, other_branch, by=secretary) for _ in range(2))
    assert first == second
    assert len(told(other_secretary)) == 1
    assert refused(
        propose_link, by=secretary, member=person, place=other_branch.name, kind="ASSOCIATION"
    ) == [rules.ASKED]
    for _ in range(2):
        confirm_link(by=other_secretary, proposal=first)
    assert (len(links(person)), len(told(secretary))) == (1, 1)
    other = make_proposal(make_member(person.branch, "李秀英"), other_branch, by=secretary)
    for _ in range(2):
        decline_link(by=other_secretary, proposal=other, reason="活动室坐不下")
    third = make_proposal(make_member(person.branch, "王志明"), other_branch, by=secretary)
    for _ in range(2):
        withdraw_proposal(by=secretary, proposal=third)
    acts = AuditEvent.objects.filter(object_type="members.linkproposal")
    assert acts.count() == 6


def test_the_database_keeps_one_proposal_of_a_kind_waiting(proposal: LinkProposal) -> None:
    proposal.pk = None
    with transaction.atomic(), pytest.raises(IntegrityError):
        proposal.save(force_insert=True)


# --- who -----------------------------------------------------------------------------------------


def test_who_may_change_both_ends_registers_at_once(
    person: Member, other_branch: Branch, secretary: User, other_secretary: User
) -> None:
    make_post(Role.SECRETARY, other_branch, secretary)
    done = make_proposal(person, other_branch, by=secretary)
    assert (done.state, done.settled_by) == (ProposalState.CONFIRMED, secretary)
    assert links(person) == [(other_branch.name, "COMMUNITY", TODAY)]
    assert [text for text, *_ in told(other_secretary)] == [
        f"{secretary}同志给本支部登记了1位来参加活动的同志"
    ]


def test_the_office_proposes_and_the_other_office_answers_where_there_is_no_secretary(
    person: Member, other_branch: Branch, street_staff: User, bureau_staff: User, secretary: User
) -> None:
    asked = make_proposal(person, other_branch, by=street_staff)
    office = reverse("admin:members_linkproposal_change", args=[asked.pk])
    assert [url for *_, url in told(bureau_staff)] == [office]
    confirm_link(by=bureau_staff, proposal=asked)
    assert [url for *_, url in told(street_staff)] == [office]
    assert [url for *_, url in told(secretary)] == [page(asked)]


def test_a_proposer_who_left_his_post_is_told_nothing(
    person: Member, other_branch: Branch, branch: Branch, secretary: User, other_secretary: User
) -> None:
    asked = make_proposal(person, other_branch, by=secretary)
    secretary.appointments.update(ended_on=dt.date(2026, 11, 1), started_on=dt.date(2026, 1, 1))
    successor = make_post(Role.SECRETARY, branch).user
    confirm_link(by=other_secretary, proposal=asked)
    assert (told(secretary), len(told(successor))) == ([], 1)


def test_only_the_two_ends_see_it_and_each_does_its_own_part(
    proposal: LinkProposal, person: Member, secretary: User, other_secretary: User, outsider: User,
    street_staff: User, bureau_staff: User, member: User, sysadmin: User, far_branch: Branch,
) -> None:  # fmt: skip
    third = make_post(Role.SECRETARY, make_branch(person.branch.area, "第三党支部")).user
    for user, sees in (
        (secretary, True), (other_secretary, True), (street_staff, True), (bureau_staff, True),
        (outsider, False), (third, False), (member, False), (sysadmin, False),
    ):  # fmt: skip
        assert LinkProposal.objects.visible_to(user).exists() is sees, user
        assert LinkProposal.objects.editable_by(user).exists() is sees, user
    waits_for = [
        user for user in (secretary, other_secretary, street_staff, bureau_staff, outsider)
        if LinkProposal.objects.to_answer(user).exists()
    ]  # fmt: skip
    assert waits_for == [other_secretary, bureau_staff]
    for stranger in (secretary, street_staff, outsider, third):
        with pytest.raises(Branch.DoesNotExist):
            confirm_link(by=stranger, proposal=proposal)
        with pytest.raises(Branch.DoesNotExist):
            decline_link(by=stranger, proposal=proposal, reason="不方便接收")
    for stranger in (outsider, other_secretary):
        with pytest.raises(Member.DoesNotExist):
            propose_link(by=stranger, member=person, place=far_branch.name, kind="COMMUNITY")
    assert not Member.objects.visible_to(other_secretary).filter(pk=person.pk).exists()


def test_a_guest_s_host_does_not_send_him_on(
    branch: Branch, other_branch: Branch, secretary: User
) -> None:
    guest = make_member(other_branch, "欧阳淑珍")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    with pytest.raises(PermissionDenied):
        propose_link(by=secretary, member=guest, place=other_branch.name, kind="COMMUNITY")


def test_a_branch_is_found_by_its_exact_name_in_the_district_alone(
    person: Member, other_branch: Branch, far_branch: Branch, secretary: User, other_community: Area
) -> None:
    def answer(place: str) -> list[str]:
        return refused(propose_link, by=secretary, member=person, place=place, kind="COMMUNITY")

    assert answer(far_branch.name) == answer("没有这个党支部") == [rules.UNKNOWN]
    assert answer(other_branch.name[:-1]) == answer(other_branch.code) == [rules.UNKNOWN]
    twin = make_branch(other_community, other_branch.name, code="QL0099")
    assert answer(other_branch.name) == [rules.SAME_NAME]
    dissolve_branch(by=None, branch=twin, on=TODAY, document="撤销文件")
    assert make_proposal(person, other_branch, by=secretary).is_waiting


# --- the rules of a link, at both steps ----------------------------------------------------------


def fill_up(person: Member, area: Area, *, number: int) -> None:
    for each in range(number):
        place = make_branch(area, f"第{each}活动党支部{person.pk}")
        add_link(by=None, member=person, branch=place, kind="COMMUNITY")


def test_the_policy_is_asked_at_proposing_and_again_at_confirming(
    person: Member, other_branch: Branch, secretary: User, other_secretary: User, community: Area
) -> None:
    RuleParameter.objects.filter(key="affiliation.max_links").update(value="2")
    fill_up(person, community, number=1)
    asked = make_proposal(person, other_branch, by=secretary)
    fill_up(person, community.parent, number=1)
    full = ["本区实行1+2，已有2个活动组织（临时的、功能组不算）。要再登记，请先结束一个。"]
    assert refused(confirm_link, by=other_secretary, proposal=asked) == full
    asked.refresh_from_db()
    assert (asked.is_waiting, len(told(other_secretary))) == (True, 1)
    withdraw_proposal(by=secretary, proposal=asked)
    assert refused(make_proposal, member=person, place=other_branch, by=secretary) == full
    free = make_proposal(person, other_branch, by=secretary, kind="TEMPORARY")
    assert confirm_link(by=other_secretary, proposal=free).state == ProposalState.CONFIRMED


def test_what_is_no_link_is_refused_at_once(
    person: Member, branch: Branch, other_branch: Branch, secretary: User
) -> None:
    def answer(place: Branch, **given: Any) -> list[str]:
        given = {"kind": "COMMUNITY"} | given
        return refused(propose_link, by=secretary, member=person, place=place.name, **given)

    assert answer(branch) == ["这就是隶属的党支部，不用再登记活动组织。"]
    assert answer(other_branch, kind="HOME") == ["请选活动关系；隶属请办理组织关系转接。"]
    tomorrow = TODAY + dt.timedelta(days=1)
    assert answer(other_branch, started_on=tomorrow) == ["开始日期晚于今天，请检查年份。"]
    add_link(by=None, member=person, branch=other_branch, kind="COMMUNITY")
    assert answer(other_branch) == ["这位同志已在这个组织，不用重复登记。"]


# --- it ends with what it rests on ---------------------------------------------------------------


def test_it_does_not_outlive_the_member_s_leaving(
    person: Member, proposal: LinkProposal, other_branch: Branch, community: Area, bureau_staff: User,
    secretary: User, other_secretary: User,
) -> None:  # fmt: skip
    third = make_branch(community, "第三党支部")
    transfer_member(by=bureau_staff, member=person, to=third, on=TODAY, document="介绍信1号")
    proposal = LinkProposal.objects.get()
    assert (proposal.standing, proposal.fault) == ("已失效", rules.LEFT)
    assert not LinkProposal.objects.waiting().exists()
    assert LinkProposal.objects.lapsed().get() == proposal
    for act in (confirm_link, withdraw_proposal):
        by = other_secretary if act is confirm_link else secretary
        assert refused(act, by=by, proposal=proposal) == [rules.LEFT]
    keeper = make_post(Role.SECRETARY, third).user
    assert not LinkProposal.objects.visible_to(keeper).exists(), "the new home asked nothing"
    assert make_proposal(person, other_branch, by=keeper).is_waiting


@pytest.mark.parametrize("leaves", ["out", "deceased"])
def test_nor_who_left_the_register(
    person: Member, proposal: LinkProposal, bureau_staff: User, other_secretary: User, leaves: str
) -> None:
    if leaves == "out":
        transfer_out(by=bureau_staff, member=person, on=TODAY, document="介绍信2号")
    else:
        mark_deceased(by=bureau_staff, member=person, on=TODAY)
    assert refused(confirm_link, by=other_secretary, proposal=proposal) == [rules.LEFT]
    assert refused(make_proposal, member=person, place=proposal.branch, by=bureau_staff) == [
        rules.GONE
    ]
    if leaves == "deceased":
        withdraw_death(by=bureau_staff, member=person, reason="登记错了人")
        assert confirm_link(by=other_secretary, proposal=proposal).state == ProposalState.CONFIRMED


def test_nor_the_branch_s_dissolution(
    person: Member, proposal: LinkProposal, other_branch: Branch, other_secretary: User
) -> None:
    dissolve_branch(by=None, branch=other_branch, on=TODAY, document="撤销文件")
    assert LinkProposal.objects.get().fault == rules.CLOSED
    assert refused(confirm_link, by=other_secretary, proposal=proposal) == [rules.CLOSED]
    assert links(person) == []


def test_a_request_to_the_office_is_done_with_it(
    person: Member, proposal: LinkProposal, secretary: User, street_staff: User,
    other_secretary: User,
) -> None:  # fmt: skip
    ask_office(
        by=secretary, member=person, kind="LINK", on=timezone.localdate(), text="去柳岸社区党支部"
    )
    assert len(waiting_requests(person)) == 1
    confirm_link(by=other_secretary, proposal=proposal)
    assert waiting_requests(person) == []
