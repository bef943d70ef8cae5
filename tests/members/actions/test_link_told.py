"""The home branch is told of managing links, and can ask for them, as can the member (SYS-04)."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Branch
from core.models import AuditEvent, Notice, User
from members.actions import add_link, transfer_member, waiting_requests
from tests.cast import TODAY
from tests.factories.members import make_link_batch, make_member

Signed = Callable[[User], Client]
LINK = {"kind": "LINK", "on": "2026年12月1日", "text": "常住南湖，想去柳岸社区党支部"}


def told(user: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", "url"))


def came(by: User, number: int, branch: Branch, how: str = "") -> tuple[str, str]:
    """What the secretary of BRANCH is told of those who come to take part there."""
    page = f"{reverse('members:roster', args=[branch.pk])}?show=guests"
    return (f"{by}同志{how}给本支部登记了{number}位来参加活动的同志", page)


def test_the_home_is_told_and_the_notice_leads_to_the_card(
    client_for: Signed, secretary: User, other_secretary: User, bureau_staff: User, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    person = make_member(branch, "张建国")
    add_link(by=bureau_staff, member=person, branch=other_branch, kind="COMMUNITY")
    card = reverse("members:card", args=[person.pk])
    assert told(secretary) == [
        (f"{bureau_staff}同志给张建国同志登记了活动组织：{other_branch.label}", card)
    ]
    assert told(other_secretary) == [came(bureau_staff, 1, other_branch)]
    assert told(bureau_staff) == []
    guests = client_for(other_secretary).get(came(bureau_staff, 1, other_branch)[1]).text
    assert person.name in guests
    shown = client_for(secretary).get(card).content.decode().replace("<wbr>", "")
    assert other_branch.name in shown


def test_a_sheet_tells_each_home_once_how_many(
    secretary: User, other_secretary: User, bureau_staff: User, branch: Branch, other_branch: Branch,
) -> None:  # fmt: skip
    make_link_batch(other_branch, make_member(branch), make_member(branch), by=bureau_staff)
    assert told(secretary) == [
        (
            f"{bureau_staff}同志按表格给本支部2位同志登记了活动组织",
            reverse("members:roster", args=[branch.pk]),
        )
    ]
    assert told(other_secretary) == [came(bureau_staff, 2, other_branch, how="按表格")]


def test_what_a_secretary_has_not_read_yet_is_not_said_again(
    secretary: User, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    for _ in range(2):
        make_link_batch(other_branch, make_member(branch), by=bureau_staff)
    assert len(told(secretary)) == 1
    Notice.objects.update(read_at=timezone.now())
    make_link_batch(other_branch, make_member(branch), by=bureau_staff)
    assert len(told(secretary)) == 2


def test_who_did_it_and_the_system_tell_nobody(
    secretary: User, branch: Branch, other_branch: Branch
) -> None:
    add_link(by=None, member=make_member(branch), branch=other_branch, kind="COMMUNITY")
    assert told(secretary) == []


def test_a_secretary_asks_for_a_link_and_it_waits_until_one_is_registered(
    client_for: Signed, secretary: User, street_staff: User, bureau_staff: User, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    person, client = make_member(branch, "张建国"), client_for(secretary)
    ask, card = (reverse(f"members:{name}", args=[person.pk]) for name in ("ask-office", "card"))
    refused = client.post(ask, LINK | {"text": ""}).content.decode()
    assert "请写明到哪里参加活动" in refused
    client.post(ask, {"kind": "MOVE", "on": "2026-12-01", "text": "柳岸社区党支部"})
    client.post(ask, LINK)
    assert told(street_staff)[1][0] == f"{secretary}同志为张建国同志请登记活动组织"
    assert "已请街道办理：登记活动组织" in client.get(card).content.decode()
    make_link_batch(other_branch, person, by=bureau_staff)
    assert [each.kind for each in waiting_requests(person)] == ["MOVE"], "the transfer still waits"
    client.post(ask, LINK | {"text": "还想去书画协会"})
    assert len(waiting_requests(person)) == 2
    transfer_member(by=bureau_staff, member=person, to=other_branch, on=TODAY, document="介绍信1号")
    assert waiting_requests(person) == []


def test_what_nobody_asked_for_leaves_no_second_line(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    add_link(by=bureau_staff, member=make_member(branch), branch=other_branch, kind="COMMUNITY")
    assert not AuditEvent.objects.filter(act="办好活动组织申请").exists()


def test_a_member_asks_the_office_where_he_would_take_part(
    client_for: Signed, member: User, secretary: User, street_staff: User
) -> None:
    sent = {"kind": "LINK", "text": "搬到女儿家，想去柳岸社区"}
    done = client_for(member).post(reverse("members:correction"), sent, follow=True)
    assert "搬到女儿家" in done.content.decode()
    notice = Notice.objects.get()
    assert (notice.user, notice.text) == (street_staff, "周玉兰同志想就近参加活动，请登记活动组织")
    assert AuditEvent.objects.get(act="申请登记活动组织").by == member


def test_the_form_of_a_link_says_by_what_to_choose(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    address = reverse("admin:member-link", args=[make_member(branch).pk])
    assert "三个有利于" in client_for(bureau_staff).get(address).content.decode()
