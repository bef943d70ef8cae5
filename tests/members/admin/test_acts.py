"""The acts on a member in the admin."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import AuditEvent, Kind, User
from members.actions import add_link, end_link, mark_deceased
from members.admin.acts import ACTS
from members.enums import LINK_KINDS
from members.forms import LinkForm
from members.models import Affiliation, Member
from tests.cast import TODAY
from tests.factories.members import make_member

Signed = Callable[[User], Client]
DAY = dt.date(2026, 11, 21)


def address(act: str, member: Member) -> str:
    return reverse(f"admin:member-{act}", args=[member.pk])


def test_a_link_a_transfer_and_an_end(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    client = client_for(bureau_staff)
    assert "隶属不变" in client.get(address("link", member)).content.decode()
    sent = {"branch": other_branch.pk, "kind": "COMMUNITY", "started_on": "2026-11-01"}
    done = client.post(address("link", member), sent, follow=True)
    assert "已登记张建国的活动组织：柳岸社区离退休干部党支部。" in done.content.decode()
    link = Affiliation.objects.get(kind="COMMUNITY")
    end = reverse("admin:affiliation-end", args=[link.pk])
    assert end in done.content.decode()
    client.post(end, {"on": "2026-11-20", "reason": "搬家"})
    assert Affiliation.objects.current().filter(kind="COMMUNITY").count() == 0
    moved = {"to": other_branch.pk, "on": "2026-11-22", "document": "青组转8号"}
    assert client.post(address("transfer", member), moved).status_code == 302
    assert Member.objects.get().branch == other_branch


def test_refusals_stand_beside_their_fields(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    member = make_member(branch)
    client = client_for(bureau_staff)
    same = client.post(
        address("transfer", member), {"to": branch.pk, "on": "2026-12-01", "document": "8号"}
    )
    assert same.context["form"].errors["to"] == ["这位同志已经隶属这个党支部，请另选。"]
    far = client.post(
        address("transfer", member), {"to": far_branch.pk, "on": "2026-11-01", "document": "8号"}
    )
    assert far.context["form"].errors.keys() == {"to"}
    assert Member.objects.get().branch == branch


def test_deceased_and_taken_back(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    member = make_member(branch, "张建国")
    client = client_for(bureau_staff)
    client.post(address("deceased", member), {"on": "2026-11-20"})
    assert Member.objects.get().deceased_on is not None
    page = client.get(reverse("admin:members_member_change", args=[member.pk])).content.decode()
    assert address("withdraw-death", member) in page
    assert address("transfer", member) not in page
    client.post(address("withdraw-death", member), {"reason": "登记错了"})
    assert Member.objects.get().deceased_on is None


def test_a_first_password_is_shown_once_and_kept_out_of_caches(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch)
    client = client_for(bureau_staff)
    assert client.get(address("account", member)).status_code == 200
    assert not User.objects.filter(username=member.number).exists()
    response = client.post(address("account", member))
    found = re.search(r"\d{10}", response.content.decode())
    assert found
    assert User.objects.get(username=member.number).check_password(found[0])
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("act", [act.key for act in ACTS])
def test_outsiders_find_nothing_and_change_nothing(
    client_for: Signed, outsider: User, secretary: User, sysadmin: User, branch: Branch, act: str
) -> None:
    member = make_member(branch)
    if act == "withdraw-death":
        mark_deceased(by=None, member=member, on=TODAY)
    for method in ("get", "post"):
        assert getattr(client_for(outsider), method)(address(act, member)).status_code == 404
        assert getattr(client_for(sysadmin), method)(address(act, member)).status_code == 403
        assert getattr(client_for(secretary), method)(address(act, member)).status_code == 404  # fmt: skip
    assert Member.objects.get(pk=member.pk).version == member.version + (act == "withdraw-death")


def test_ties_are_listed_and_not_edited(
    client_for: Signed, bureau_staff: User, outsider: User, branch: Branch, other_branch: Branch
) -> None:
    link = add_link(by=None, member=make_member(branch), branch=other_branch, kind="COMMUNITY")
    ties = reverse("admin:members_affiliation_changelist")
    bureau = client_for(bureau_staff)
    assert bureau.get(ties).context["cl"].result_count == 2
    assert bureau.get(ties, {"kind__exact": "COMMUNITY"}).context["cl"].result_count == 1
    assert client_for(outsider).get(ties).context["cl"].result_count == 0
    assert bureau.post(reverse("admin:members_affiliation_change", args=[link.pk]), {"kind": "HOME"}).status_code == 403  # fmt: skip
    assert bureau.get(reverse("admin:members_affiliation_add")).status_code == 403
    assert client_for(outsider).get(reverse("admin:affiliation-end", args=[link.pk])).status_code == 404  # fmt: skip


def test_a_masked_number_opens_with_a_reason_and_on_record(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国", phone="16112345678")
    client = client_for(bureau_staff)
    asked = client.post(address("reveal", member), {"which": ["phone"], "reason": ""})
    assert "16112345678" not in asked.content.decode()
    opened = client.post(address("reveal", member), {"which": ["phone"], "reason": "通知开会"})
    assert "16112345678" in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    event = AuditEvent.objects.latest("pk")
    assert (event.by, event.act, event.note) == (
        bureau_staff,
        "查看完整信息",
        "联系电话：通知开会",
    )


def test_a_masked_number_of_another_district_does_not_exist(
    client_for: Signed, outsider: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国", phone="16112345678")
    asked = client_for(outsider).post(
        address("reveal", member), {"which": ["phone"], "reason": "通知开会"}
    )
    assert asked.status_code == 404


def test_a_tie_on_its_last_day_is_in_force_and_not_ended(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    links = [
        add_link(
            by=None, member=make_member(branch), branch=other_branch, kind=kind, started_on=DAY
        )
        for kind in ("COMMUNITY", "ASSOCIATION")
    ]
    end_link(by=None, affiliation=links[0], on=TODAY)
    end_link(by=None, affiliation=links[1], on=DAY)
    ties, client = reverse("admin:members_affiliation_changelist"), client_for(bureau_staff)

    def listed(state: str) -> set[str]:
        return {tie.kind for tie in client.get(f"{ties}?current={state}").context["cl"].queryset}

    assert (listed("yes"), listed("no")) == ({"HOME", "COMMUNITY"}, {"ASSOCIATION"})


def test_a_kind_of_link_out_of_use_is_not_offered(bureau_staff: User) -> None:
    def offered() -> set[str]:
        field: Any = LinkForm(user=bureau_staff).fields["kind"]
        return {kind for kind, _ in field.choices}

    assert offered() == set(LINK_KINDS)
    Kind.objects.filter(key="affiliation.alliance").update(is_active=False)
    assert offered() == set(LINK_KINDS) - {"ALLIANCE"}


def test_who_has_an_account_is_given_a_new_card_not_an_account(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    client = client_for(bureau_staff)
    record = reverse("admin:members_member_change", args=[member.pk])
    assert ">开通账号</a>" in client.get(record).content.decode()
    client.post(address("account", member))
    shown = client.get(record).content.decode()
    assert ">重发登录卡</a>" in shown
    assert "开通账号" not in shown
    asked = client.get(address("account", member)).content.decode()
    assert f"这位同志已有账号，登录名 {member.number}。" in asked
    assert "原来的密码当场作废" in asked
    assert "开通" not in asked
