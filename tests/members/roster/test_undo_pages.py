"""撤回这份名册: asked for with a reason, told in words, seen by who may."""

import pytest
from django.urls import reverse

from core.runs import run_now
from members.actions import open_account, update_member
from members.enums import RosterState
from members.models import Member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(write_csv, bureau_staff, branch):
    rows = [["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]]
    return written(bureau_staff, checked(bureau_staff, write_csv(rows)))


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def page(client, batch):
    return client.get(reverse("admin:members_rosterbatch_change", args=[batch.pk]))


def take_back(client, batch, **data):
    answer = client.post(reverse("admin:roster-undo", args=[batch.pk]), data, follow=True)
    batch.refresh_from_db()
    if batch.undo_run:
        run_now(batch.undo_run)
        batch.refresh_from_db()
    return answer


def test_it_is_asked_for_with_a_reason_and_told(office, batch):
    assert "撤回这份名册" in page(office, batch).text
    asked = office.get(reverse("admin:roster-undo", args=[batch.pk])).text
    assert "名册新增的2人从登记里取出" in asked
    assert "请写明为什么撤回。" in take_back(office, batch).text
    assert batch.state == RosterState.DONE

    assert "撤回中" in take_back(office, batch, reason="传错了名册").text
    assert Member.objects.count() == 0
    told = page(office, batch).text
    assert "整份撤回了" in told
    assert "传错了名册" in told
    assert office.get(reverse("admin:roster-undo", args=[batch.pk])).status_code == 302


def test_what_stands_against_it_is_listed_by_name(office, bureau_staff, batch):
    member = Member.objects.get(name="张建国")
    update_member(by=bureau_staff, member=member, version=member.version, former_post="科长")
    take_back(office, batch, reason="传错了名册")
    told = page(office, batch).text
    assert "这份名册没有撤回" in told
    assert "这份名册不能再整份撤回。请一位一位改" in told
    assert reverse("admin:members_member_change", args=[member.pk]) in told
    assert Member.objects.count() == 2


def test_a_secretary_takes_her_own_back_and_nobody_elses(
    client_for, write_csv, secretary, branch, batch
):
    mine = written(secretary, checked(secretary, write_csv([["王志明", number(3), "QL0001"]])))
    client = client_for(secretary)
    assert client.get(reverse("members:batch-undo", args=[batch.pk])).status_code == 404
    assert "撤回这份名册" in client.get(reverse("members:batch", args=[mine.pk])).text
    client.post(reverse("members:batch-undo", args=[mine.pk]), {"reason": "传错了名册"})
    mine.refresh_from_db()
    run_now(mine.undo_run)
    assert not Member.objects.filter(name="王志明").exists()
    assert "这份名册已撤回" in client.get(reverse("members:batch", args=[mine.pk])).text


def test_a_secretary_is_told_what_to_do_instead(client_for, write_csv, secretary, branch):
    mine = written(secretary, checked(secretary, write_csv([["王志明", number(3), "QL0001"]])))
    open_account(by=secretary, member=Member.objects.get())
    client = client_for(secretary)
    client.post(reverse("members:batch-undo", args=[mine.pk]), {"reason": "传错了名册"})
    mine.refresh_from_db()
    run_now(mine.undo_run)
    told = client.get(reverse("members:batch", args=[mine.pk])).text
    assert "已经开通账号" in told
    assert "账号停用了也一样" in told
    assert "先撤回后来的那一份" in told


def test_an_outsider_finds_nothing(client_for, outsider, batch):
    address = reverse("admin:roster-undo", args=[batch.pk])
    assert client_for(outsider).get(address).status_code == 404
    assert client_for(outsider).post(address, {"reason": "看看"}).status_code == 404
