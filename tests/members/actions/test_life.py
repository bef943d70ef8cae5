"""已故, and accounts."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from branches.actions import end_appointment
from branches.enums import Role
from branches.models import Appointment, Branch
from core.models import AuditEvent, Notice, User
from members.actions import (
    add_link,
    end_link,
    mark_deceased,
    open_account,
    transfer_member,
    update_member,
    withdraw_death,
)
from members.models import Affiliation, Member
from tests.cast import TODAY
from tests.factories.branches import make_post, make_user
from tests.factories.members import make_member

DAY = dt.date(2026, 11, 20)


def test_who_died_is_reminded_of_nothing_and_stays_on_record(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    account = make_user()
    member = make_member(branch, user=account)
    make_post(Role.SECRETARY, branch, account)
    add_link(by=None, member=member, branch=other_branch, kind="COMMUNITY")
    Notice.objects.create(user=account, text="请填报主题党日")
    gone = mark_deceased(by=bureau_staff, member=member, on=DAY)
    assert gone.deceased_on == DAY
    assert Affiliation.objects.filter(member=member, ended_on__isnull=True).count() == 0
    assert not Member.objects.on_register().exists()
    assert Member.objects.visible_to(bureau_staff).get().branch == branch
    assert not Notice.objects.exists()
    assert not Appointment.objects.current(dt.date(2026, 11, 23)).filter(user=account).exists()
    assert User.objects.get(pk=account.pk).is_active is False
    with pytest.raises(ValidationError, match="已经登记为已故"):
        mark_deceased(by=bureau_staff, member=member, on=DAY)
    with pytest.raises(ValidationError, match="不能转接"):
        transfer_member(by=None, member=member, to=other_branch, on=DAY, document="8号")
    with pytest.raises(ValidationError, match="不能开通账号"):
        open_account(by=None, member=gone)


def test_the_branch_is_asked_to_see_the_family_and_not_after_a_mistake(
    bureau_staff: User, secretary: User, outsider: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    mark_deceased(by=bureau_staff, member=member, on=DAY)
    notice = Notice.objects.get()
    assert (notice.user, notice.text) == (secretary, "张建国同志去世了，请安排看望、慰问家属")
    assert notice.detail == "资料页上登记过紧急联系人的，去世后90天里看得到。"
    assert notice.url == reverse("members:card", args=[member.pk])
    withdraw_death(by=bureau_staff, member=member, reason="同名同姓登记错了")
    assert not Notice.objects.exists()


def test_a_mistaken_entry_is_taken_back(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    member = make_member(branch)
    add_link(by=None, member=member, branch=other_branch, kind="COMMUNITY")
    mark_deceased(by=bureau_staff, member=member, on=DAY)
    with pytest.raises(ValidationError, match="为什么撤回"):
        withdraw_death(by=bureau_staff, member=member, reason=" ")
    withdraw_death(by=bureau_staff, member=member, reason="同名同姓登记错了")
    assert Member.objects.on_register().get() == member
    assert Affiliation.objects.filter(member=member, ended_on__isnull=True).count() == 2
    assert AuditEvent.objects.get(act="撤回已故登记").note == "同名同姓登记错了"


def test_taking_it_back_opens_only_what_it_closed(branch: Branch, other_branch: Branch) -> None:
    account = make_user()
    account.is_active = False
    account.save()
    member = make_member(branch, user=account)
    link = add_link(by=None, member=member, branch=other_branch, kind="COMMUNITY", started_on=DAY)
    end_link(by=None, affiliation=link, on=DAY, reason="已故")
    mark_deceased(by=None, member=member, on=DAY)
    withdraw_death(by=None, member=member, reason="登记错了")
    assert User.objects.get(pk=account.pk).is_active is False
    open_ties = Affiliation.objects.filter(member=member, ended_on__isnull=True)
    assert [tie.branch for tie in open_ties] == [branch]


def test_taking_it_back_opens_the_account_that_it_closed(branch: Branch) -> None:
    account = make_user()
    member = make_member(branch, user=account)
    mark_deceased(by=None, member=member, on=DAY)
    withdraw_death(by=None, member=member, reason="登记错了")
    assert User.objects.get(pk=account.pk).is_active is True
    assert Member.objects.get().closed_by_death is None


def test_a_post_that_was_to_begin_is_taken_back_and_one_that_is_over_stays(branch: Branch) -> None:
    account = make_user()
    member = make_member(branch, user=account)
    over, held, to_come = (
        make_post(Role.COMMITTEE, branch, account, started_on=dt.date(2020, 1, 1)),
        make_post(Role.SECRETARY, branch, account, started_on=dt.date(2023, 1, 1)),
        make_post(Role.STATION_HEAD, branch, account, started_on=dt.date(2027, 1, 1)),
    )
    end_appointment(by=None, appointment=over, on=dt.date(2023, 1, 1))
    end_appointment(by=None, appointment=held, on=dt.date(2026, 12, 31))
    mark_deceased(by=None, member=member, on=DAY)
    ends = Appointment.objects.values_list("pk", "ended_on", "withdrawn_on").order_by("pk")
    assert list(ends) == [
        (over.pk, dt.date(2023, 1, 1), None),
        (held.pk, DAY, None),
        (to_come.pk, None, TODAY),
    ]
    assert AuditEvent.objects.get(act="撤回任职").note == "已故"
    assert not Appointment.objects.current(dt.date(2027, 1, 2)).filter(user=account).exists()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(dt.date(2026, 12, 1), "晚于今天"), (dt.date(1940, 1, 1), "早于出生日期")],
)
def test_a_day_that_cannot_be_is_refused(branch: Branch, day: dt.date, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        mark_deceased(by=None, member=make_member(branch), on=day)


def test_an_outsider_registers_no_death(outsider: User, branch: Branch) -> None:
    with pytest.raises(Member.DoesNotExist):
        mark_deceased(by=outsider, member=make_member(branch), on=DAY)


def test_an_account_opens_by_number_or_telephone_with_a_password_for_once(
    secretary: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国", phone="16100001234")
    user, password = open_account(by=secretary, member=member)
    assert (user.username, user.display_name) == (f"{member.pk:08d}", "张建国")
    assert User.objects.get_by_natural_key("161 0000 1234") == user
    assert user.check_password(password)
    assert user.must_change_password
    assert Member.objects.get(pk=member.pk).user == user
    assert password not in str(AuditEvent.objects.filter(act="开通账号").values())
    assert user.roles == {Role.MEMBER}


def test_a_couple_shares_a_telephone_but_not_an_account(branch: Branch) -> None:
    first, _ = open_account(by=None, member=make_member(branch, phone="16100001234"))
    second, _ = open_account(by=None, member=make_member(branch, phone="16100001234"))
    assert (first.phone, second.phone) == ("16100001234", "")


@pytest.mark.parametrize("post", ["bureau_staff", "street_staff", "other_secretary", "superuser"])
def test_a_secretary_gets_no_password_of_who_has_another_post(
    request: pytest.FixtureRequest, secretary: User, branch: Branch, post: str
) -> None:
    holder = request.getfixturevalue(post)
    member = make_member(branch, user=holder)
    with pytest.raises(PermissionDenied, match=r"任命单位重发|开局账号"):
        open_account(by=secretary, member=member)
    assert User.objects.get(pk=holder.pk).password == holder.password


def test_the_street_gives_its_secretary_a_new_password(
    street_staff: User, secretary: User, branch: Branch
) -> None:
    user, password = open_account(by=street_staff, member=make_member(branch, user=secretary))
    assert user.check_password(password)


def test_nobody_gets_a_new_password_for_oneself(secretary: User, branch: Branch) -> None:
    member = make_member(branch, user=secretary)
    with pytest.raises(ValidationError, match="修改密码"):
        open_account(by=secretary, member=member)
    assert User.objects.get(pk=secretary.pk).password == secretary.password


def test_a_lost_password_is_replaced(secretary: User, outsider: User, branch: Branch) -> None:
    member = make_member(branch)
    user, first = open_account(by=secretary, member=member)
    member.refresh_from_db()
    again, second = open_account(by=secretary, member=member)
    assert again == user
    assert not again.check_password(first)
    assert again.check_password(second)
    with pytest.raises(Member.DoesNotExist):
        open_account(by=outsider, member=member)
    assert update_member(by=None, member=member, version=1, remark="已领卡").version == 2
