"""Proposed managing links on the pages of the secretary and the office (SYS-04)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import Notice, User
from members.actions import transfer_out
from members.models import Affiliation, LinkProposal, Member
from tests.cast import TODAY
from tests.factories.members import make_member, make_proposal

pytestmark = pytest.mark.django_db

Signed = Callable[[User], Client]
SENT = {"kind": "COMMUNITY", "started_on": "2026年11月22日"}


@pytest.fixture
def person(branch: Branch) -> Member:
    return make_member(
        branch,
        "张建国",
        phone="16100007777",
        health="3",
        health_agreed_on=dt.date(2026, 1, 1),
    )


@pytest.fixture
def proposal(
    person: Member, other_branch: Branch, secretary: User, other_secretary: User
) -> LinkProposal:
    return make_proposal(person, other_branch, by=secretary)


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("<wbr>", "")


def at(name: str, pk: int) -> str:
    return reverse(f"members:{name}", args=[pk])


def guests(place: Branch) -> int:
    return Affiliation.objects.current().links().filter(branch=place).count()


def test_from_the_card_to_the_other_branch_s_home_and_back(
    client_for: Signed, person: Member, secretary: User, other_secretary: User, other_branch: Branch
) -> None:
    client, host = client_for(secretary), client_for(other_secretary)
    card = at("card", person.pk)
    assert at("propose", person.pk) in text(client.get(card))
    shown = client.post(at("propose", person.pk), SENT | {"branch": other_branch.name}, follow=True)
    assert "已请对方确认" in text(shown)
    assert "等对方确认" in text(client.get(card))
    home = text(host.get(f"/branch/{other_branch.pk}/"))
    assert "有1位同志想来参加活动，请您确认" in home
    listed = at("proposals", other_branch.pk)
    assert listed in home
    page = at("proposal", LinkProposal.objects.get().pk)
    assert page in text(host.get(listed))
    assert "张建国同志想来参加活动" in text(host.get(page))
    answers = [host.post(page, follow=True) for _ in range(2)]
    assert ["已确认" in text(each) for each in answers] == [True, True]
    assert guests(other_branch) == 1
    assert "想来参加活动" not in text(host.get(f"/branch/{other_branch.pk}/"))
    assert "张建国" in text(host.get(f"{at('roster', other_branch.pk)}?show=guests"))
    assert "已确认" in text(client.get(page))


def test_the_host_reads_a_name_and_a_home_and_nothing_more(
    client_for: Signed, proposal: LinkProposal, person: Member, other_secretary: User
) -> None:
    client = client_for(other_secretary)
    told = Notice.objects.get(user=other_secretary)
    pages = [
        client.get(at("proposal", proposal.pk)),
        client.get(at("proposals", proposal.branch_id)),
    ]
    for shown in [text(each) for each in pages] + [told.text + told.detail]:
        assert person.name in shown
        for secret in ("7777", person.id_number[-4:], "槐荫里", "1980", "自理", person.number):
            assert secret not in shown, secret
    assert client.get(at("card", person.pk)).status_code == 404


def test_declining_asks_why_and_the_home_reads_it(
    client_for: Signed, proposal: LinkProposal, secretary: User, other_secretary: User
) -> None:
    client, page = client_for(other_secretary), at("proposal-decline", proposal.pk)
    assert list(client.post(page, {"reason": "。"}).context["form"].errors) == ["reason"]
    assert LinkProposal.objects.get().is_waiting
    client.post(page, {"reason": "活动室太小，坐不下"})
    shown = text(client_for(secretary).get(at("proposal", proposal.pk)))
    assert "已婉拒" in shown
    assert "活动室太小，坐不下" in shown
    assert "确认，欢迎来" not in shown


def test_who_declines_knows_that_the_person_himself_reads_why(
    client_for: Signed, member: User, other_branch: Branch, secretary: User, other_secretary: User
) -> None:
    asked = make_proposal(Member.objects.get(user=member), other_branch, by=secretary)
    client, page = client_for(other_secretary), at("proposal-decline", asked.pk)
    assert "申请的党支部和这位同志看得到" in text(client.get(page))
    client.post(page, {"reason": "活动室太小，坐不下"})
    own = client_for(member).post(reverse("members:own-data"), {"format": "json"}).json()
    assert [row["婉拒原因"] for row in own["活动组织申请"]] == ["活动室太小，坐不下"]


def test_the_proposer_takes_it_back(
    client_for: Signed, proposal: LinkProposal, secretary: User, other_secretary: User
) -> None:
    client, page = client_for(secretary), at("proposal-withdraw", proposal.pk)
    assert page in text(client.get(at("proposal", proposal.pk)))
    assert "撤回这次申请？" in text(client.get(page))
    for _ in range(2):
        assert "已撤回" in text(client.post(page, follow=True))
    refused = text(client_for(other_secretary).post(at("proposal", proposal.pk)))
    assert "这次申请已撤回，不用再办。" in refused
    assert guests(proposal.branch) == 0


def test_a_name_nobody_has_is_refused_beside_its_field(
    client_for: Signed, person: Member, secretary: User, far_branch: Branch
) -> None:
    for name in (far_branch.name, "没有的党支部"):
        answer = client_for(secretary).post(at("propose", person.pk), SENT | {"branch": name})
        assert list(answer.context["form"].errors) == ["branch"]
        assert "本区没有叫这个名称的党支部" in text(answer)
    assert not LinkProposal.objects.exists()


def test_what_lapsed_says_so_on_both_sides(
    client_for: Signed, proposal: LinkProposal, secretary: User, other_secretary: User
) -> None:
    transfer_out(by=None, member=proposal.member, on=TODAY, document="介绍信3号")
    for user, own in ((secretary, proposal.home.branch), (other_secretary, proposal.branch)):
        shown = text(client_for(user).get(at("proposal", proposal.pk)))
        assert at("proposals", own.pk) in shown
        assert "已失效" in shown
        assert "这位同志已不在提出申请的党支部" in shown
    assert "想来参加活动" not in text(
        client_for(other_secretary).get(f"/branch/{proposal.branch_id}/")
    )


def test_an_outsider_and_a_committee_member_meet_none_of_it(
    client_for: Signed, proposal: LinkProposal, outsider: User, committee_member: User, member: User
) -> None:
    names = ("proposal", "proposal-decline", "proposal-withdraw")
    for user, status in ((outsider, 404), (committee_member, 403), (member, 403)):
        client = client_for(user)
        for name in names:
            assert client.get(at(name, proposal.pk)).status_code == status
            assert client.post(at(name, proposal.pk), {"reason": "不方便"}).status_code == status
    assert LinkProposal.objects.get().is_waiting
    assert client_for(outsider).get("/admin/members/linkproposal/").context["cl"].result_count == 0


# --- the office ----------------------------------------------------------------------------------


def tile(client: Client) -> Any:
    tiles = client.get("/admin/").context["tiles"]
    return next((each for each in tiles if each.label == "待确认的活动组织"), None)


def test_the_office_over_the_host_finds_it_due_and_answers(
    client_for: Signed,
    proposal: LinkProposal,
    street_staff: User,
    bureau_staff: User,
    outsider: User,
) -> None:
    assert [tile(client_for(user)) for user in (street_staff, outsider)] == [None, None]
    client = client_for(bureau_staff)
    due = tile(client)
    listed = client.get(due.url).context["cl"].result_list
    assert (due.count, list(listed)) == (1, [proposal])
    row = client.get(reverse("admin:members_linkproposal_change", args=[proposal.pk]))
    assert reverse("admin:proposal-confirm", args=[proposal.pk]) in text(row)
    for _ in range(2):
        client.post(reverse("admin:proposal-confirm", args=[proposal.pk]))
    assert guests(proposal.branch) == 1
    assert tile(client) is None


def test_the_office_of_the_home_only_takes_back(
    client_for: Signed, proposal: LinkProposal, street_staff: User
) -> None:
    client = client_for(street_staff)
    row = text(client.get(reverse("admin:members_linkproposal_change", args=[proposal.pk])))
    acts = {
        name: reverse(f"admin:proposal-{name}", args=[proposal.pk])
        for name in ("confirm", "decline", "withdraw")
    }
    assert [name for name, address in acts.items() if address in row] == ["withdraw"]
    assert client.post(acts["confirm"]).status_code == 404
    assert client.post(acts["decline"], {"reason": "坐不下了"}).status_code == 404
    assert client.post(acts["withdraw"]).status_code == 302
    assert LinkProposal.objects.get().standing == "已撤回"


def test_the_office_proposes_from_the_member_s_record(
    client_for: Signed, person: Member, other_branch: Branch, street_staff: User
) -> None:
    address = reverse("admin:member-propose", args=[person.pk])
    answer = client_for(street_staff).post(
        address, SENT | {"branch": other_branch.name}, follow=True
    )
    assert f"已请{other_branch.label}接收张建国，等对方确认。" in text(answer)
    assert LinkProposal.objects.get().by == street_staff


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_a_fixed_number_of_times(
    client_for: Signed, branch: Branch, other_branch: Branch, secretary: User, bureau_staff: User,
    other_secretary: User, count: int, django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _ in range(count):
        make_proposal(make_member(branch), other_branch, by=secretary)
    for user, address, queries in (
        (other_secretary, at("proposals", other_branch.pk), 8),
        (secretary, at("proposals", branch.pk), 8),
        (bureau_staff, reverse("admin:members_linkproposal_changelist"), 7),
    ):
        client = client_for(user)
        client.get(address)
        with django_assert_num_queries(queries, info=address):
            client.get(address)
