"""Two who answer one proposal in the same moment, and an answer that meets a farewell: one effect, no deadlock."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from branches import trees
from branches.actions import dissolve_branch
from branches.models import Branch
from core.models import AuditEvent, Notice, User
from members.actions import (
    confirm_link,
    decline_link,
    grip,
    propose_link,
    transfer_member,
    withdraw_proposal,
)
from members.enums import ProposalState
from members.models import Affiliation, LinkProposal
from members.rules import proposal as rules
from tests.cast import TODAY
from tests.factories.members import make_member, make_proposal
from tests.members.test_writers_at_once import Act, Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """Two writers, the first of whom pauses where he holds both ends."""
    both = Meeting(monkeypatch)
    both.pause_after(grip, "locked")
    return both


@pytest.fixture
def proposal(
    branch: Branch, other_branch: Branch, secretary: User, other_secretary: User
) -> LinkProposal:
    return make_proposal(make_member(branch, "张建国"), other_branch, by=secretary)


def said(raised: list[BaseException]) -> list[str]:
    assert all(isinstance(each, ValidationError) for each in raised), raised
    return [message for each in raised for message in each.messages]  # type: ignore[attr-defined]  # just asserted


def links() -> int:
    return Affiliation.objects.current().links().count()


def test_two_confirmers_begin_one_link(
    meeting: Meeting, proposal: LinkProposal, other_secretary: User, bureau_staff: User
) -> None:
    raised = meeting.of(
        lambda: confirm_link(by=other_secretary, proposal=proposal),
        lambda: confirm_link(by=bureau_staff, proposal=proposal),
    )
    assert (raised, links()) == ([], 1)
    assert AuditEvent.objects.filter(act="确认活动组织申请").count() == 1
    assert Notice.objects.filter(text__contains="已确认").count() == 1


@pytest.mark.parametrize("second", ["decline", "withdraw"])
def test_who_comes_second_is_told_what_it_came_to(
    meeting: Meeting,
    proposal: LinkProposal,
    secretary: User,
    other_secretary: User,
    bureau_staff: User,
    second: str,
) -> None:
    acts: dict[str, Act] = {
        "decline": lambda: decline_link(by=bureau_staff, proposal=proposal, reason="坐不下了"),
        "withdraw": lambda: withdraw_proposal(by=secretary, proposal=proposal),
    }
    raised = meeting.of(lambda: confirm_link(by=other_secretary, proposal=proposal), acts[second])
    assert (said(raised), links()) == (["这次申请已确认，不用再办。"], 1)


def test_a_proposal_sent_twice_at_once_is_one(
    meeting: Meeting, branch: Branch, other_branch: Branch, secretary: User, other_secretary: User
) -> None:
    person = make_member(branch, "李秀英")

    def send() -> Any:
        return propose_link(by=secretary, member=person, place=other_branch.name, kind="COMMUNITY")

    assert meeting.of(send, send) == []
    assert (LinkProposal.objects.count(), Notice.objects.count()) == (1, 1)


def test_who_moves_away_meanwhile_is_not_received(
    meeting: Meeting, proposal: LinkProposal, other_secretary: User, bureau_staff: User
) -> None:
    raised = meeting.of(
        lambda: transfer_member(
            by=bureau_staff,
            member=proposal.member,
            to=proposal.branch,
            on=TODAY,
            document="介绍信1号",
        ),
        lambda: confirm_link(by=other_secretary, proposal=proposal),
    )
    assert (said(raised), links()) == ([rules.LEFT], 0)


def test_nobody_is_received_by_a_branch_that_is_being_dissolved(
    monkeypatch: pytest.MonkeyPatch, proposal: LinkProposal, other_secretary: User
) -> None:
    meeting = Meeting(monkeypatch)
    meeting.pause_after(trees, "steady_branch")
    host = Branch.objects.get(pk=proposal.branch_id)
    raised = meeting.of(
        lambda: dissolve_branch(by=None, branch=host, on=TODAY, document="撤销文件"),
        lambda: confirm_link(by=other_secretary, proposal=proposal),
    )
    assert (said(raised), links()) == ([rules.CLOSED], 0)
    assert LinkProposal.objects.get().state == ProposalState.WAITING
