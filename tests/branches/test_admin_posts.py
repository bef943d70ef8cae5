"""Posts in the admin: given and ended, never wider than one's own."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from branches.enums import Role
from branches.models import Appointment, Area, Branch
from core.models import AuditEvent, User
from tests.branches.addresses import Signed, address
from tests.factories.branches import make_post, make_user


def post_form(**given: Any) -> dict[str, Any]:
    return {"role": Role.SECRETARY, "started_on": "2026-11-01", "document": "", **given}


def test_a_post_is_given_and_ended(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    somebody = make_user("13900001111")
    client = client_for(bureau_staff)
    sent = post_form(login=" １３９００００１１１１ ", branch=branch.pk)
    assert client.post(address("appointment", "add"), sent).status_code == 302
    post = Appointment.objects.get(user=somebody)
    assert (post.role, post.branch) == (Role.SECRETARY, branch)
    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert reverse("admin:appointment-end", args=[post.pk]) in shown
    client.post(reverse("admin:appointment-end", args=[post.pk]), {"on": "2026-11-20"})
    assert Appointment.objects.get(user=somebody).ended_on == dt.date(2026, 11, 20)
    assert not Branch.objects.visible_to(User.objects.get(pk=somebody.pk)).exists()


def test_posts_are_listed_by_the_pinyin_of_their_holders(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    """As people look names up, not as computers number their characters."""
    for name in ("张建国", "陈志强", "安秀英", "单田芳"):
        make_post(Role.SECRETARY, branch, make_user(display_name=name))
    listed = client_for(bureau_staff).get(address("appointment", "changelist"))
    names = [str(post.user) for post in listed.context["cl"].result_list]
    assert names == ["安秀英", "陈志强", "顾明远", "单田芳", "张建国"]


def test_a_day_of_what_nobody_sees_is_no_day(
    client_for: Signed, bureau_staff: User, secretary: User
) -> None:
    post = Appointment.objects.get(user=secretary)
    end = reverse("admin:appointment-end", args=[post.pk])
    answer = client_for(bureau_staff).post(end, {"on": "\ufeff"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["on"] == ["这一项还没有填，请填一下。"]
    post.refresh_from_db()
    assert post.ended_on is None


def test_a_post_with_a_term_is_ended_before_it_is_over(
    client_for: Signed, bureau_staff: User, secretary: User
) -> None:
    post = Appointment.objects.get(user=secretary)
    client, end = client_for(bureau_staff), reverse("admin:appointment-end", args=[post.pk])
    today = timezone.localdate()
    for last_day in (today + dt.timedelta(days=400), today, today - dt.timedelta(days=1)):
        shown = client.get(address("appointment", "change", post.pk)).content.decode()
        assert end in shown
        assert client.post(end, {"on": f"{last_day}"}).status_code == 302
        assert Appointment.objects.get(pk=post.pk).ended_on == last_day
    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert end not in shown
    assert "已经结束" in client.post(end, {"on": f"{today}"}).content.decode()


WHY = {"reason": "选成了同名的另一位"}


def test_a_mistake_is_taken_back_at_once_and_stays_in_the_register(
    client_for: Signed, bureau_staff: User, outsider: User, auditor: User, branch: Branch
) -> None:
    """To end it would leave the wrong person in office until midnight."""
    post = make_post(Role.SECRETARY, branch, started_on=timezone.localdate())
    page = reverse("admin:appointment-withdraw", args=[post.pk])
    assert client_for(outsider).post(page, WHY).status_code == 404
    assert User.objects.get(pk=post.user_id).roles == {Role.SECRETARY}

    client = client_for(bureau_staff)
    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert "登记错了，撤回" in shown
    for silence in ("", " ", "。。。"):
        assert list(client.post(page, {"reason": silence}).context["form"].errors) == ["reason"]
    assert User.objects.get(pk=post.user_id).roles == {Role.SECRETARY}
    assert client.post(page, WHY).status_code == 302
    assert User.objects.get(pk=post.user_id).roles == frozenset()
    assert not Branch.objects.visible_to(User.objects.get(pk=post.user_id)).exists()

    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert "登记错了，已撤回" in shown
    assert page not in shown
    assert reverse("admin:appointment-end", args=[post.pk]) not in shown
    assert "这项任职已经撤回。" in client.post(page, WHY).content.decode()
    acts = AuditEvent.objects.filter(object_id=str(post.pk), object_type="branches.appointment")
    assert list(acts.order_by("pk").values_list("act", "note")) == [
        ("任职", ""),
        ("撤回任职", "选成了同名的另一位"),
    ]
    make_post(Role.SECRETARY, branch, post.user)  # the right one may follow on the same day


def test_nobody_grants_wider_than_his_own(
    client_for: Signed,
    bureau_staff: User,
    street_staff: User,
    district: Area,
    branch: Branch,
    far_branch: Branch,
) -> None:
    make_user("13900001111")
    for user, wrong, field in (
        (bureau_staff, {"branch": far_branch.pk}, "branch"),
        (street_staff, {"role": Role.BUREAU, "area": district.pk}, "area"),
        (bureau_staff, {"role": Role.SYSADMIN}, "role"),
        (bureau_staff, {"role": Role.MEMBER}, "role"),
        (bureau_staff, {"branch": branch.pk, "login": "nobody"}, "login"),
        (bureau_staff, {"branch": branch.pk, "login": "bureau"}, "login"),
        (bureau_staff, {}, "branch"),
    ):
        page = client_for(user).post(
            address("appointment", "add"), post_form(**{"login": "13900001111"} | wrong)
        )
        assert list(page.context["adminform"].form.errors) == [field]


def test_a_system_administrator_gives_posts_by_code_and_sees_no_register(
    client_for: Signed, sysadmin: User, district: Area, branch: Branch
) -> None:
    somebody = make_user("13900001111")
    client = client_for(sysadmin)
    sent = post_form(login="13900001111", role=Role.BUREAU, area=district.code)
    assert client.post(address("appointment", "add"), sent).status_code == 302
    assert Appointment.objects.get(user=somebody).area == district
    wrong = client.post(address("appointment", "add"), sent | {"area": "990101"})
    assert wrong.context["adminform"].form.errors["area"] == [
        "没有这个区划代码，或不在您的管理范围内。"
    ]
    for noun in ("area", "branch"):
        assert client.get(address(noun, "changelist")).status_code == 403
