"""What was done to one row, on the page that leads there from its form."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from branches.enums import Role
from core import audit
from core.models import Kind
from members.actions import update_member
from tests.cast import TODAY
from tests.core.admin.addresses import changing, page
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db


def history(row):
    """Return the address of ROW's history."""
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[row.pk])


@pytest.fixture
def member(branch, bureau_staff):
    """Return a member whose telephone, native place and group the bureau changed."""
    member = make_member(branch, phone="16100000001", native_place="苏州")
    values = {"phone": "16100000002", "native_place": "南京", "health_agreed_on": TODAY}
    return update_member(
        by=bureau_staff, member=member, version=member.version, note="电话核对", **values
    )


def test_it_says_who_did_what_in_sentences(client_for, bureau_staff, member):
    client = client_for(bureau_staff)
    assert history(member) in page(client, reverse("admin:members_member_change", args=[member.pk]))
    shown = page(client, history(member))
    assert f"<b>{bureau_staff}</b>：修改党员资料。电话核对" in shown
    assert "籍贯：“苏州”改成“南京”" in shown
    assert "联系电话：（已修改，不记录内容）" in shown
    assert "同意登记健康信息：（已修改，不记录内容）" in shown
    assert "16100000002" not in shown
    assert "拼音" not in shown


def test_it_names_the_organisation_and_the_day(client_for, bureau_staff, branch, member):
    before = {"branch": None, "joined_on": None}
    after = {"branch": branch.pk, "joined_on": "1980-07-01"}
    audit.record(by=None, act="登记", instance=member, before=before, after=after)
    shown = page(client_for(bureau_staff), history(member))
    assert f"所在党支部：填写“{branch}”" in shown
    assert "入党日期：填写“1980年7月1日”" in shown


def test_marks_of_many_are_counted(client_for, bureau_staff, branch, member):
    audit.record(by=bureau_staff, act="试", instance=member, after={"marks": {"1": "HERE"}})
    assert "marks：填写“1项”" in page(client_for(bureau_staff), history(member))


def test_acts_of_another_territory_stay_there(
    client_for, bureau_staff, outsider, far_branch, member
):
    audit.record(by=outsider, act="别区的事", instance=member, area_path=far_branch.area_path)
    assert "别区的事" not in page(client_for(bureau_staff), history(member))
    assert client_for(outsider).get(history(member)).status_code == 404


def test_who_keeps_accounts_does_not_read_their_trail(client_for, sysadmin, superuser, secretary):
    audit.record(by=superuser, act="停用账号", instance=secretary, note="家里有事")
    client = client_for(sysadmin)
    assert client.get(history(secretary)).status_code == 403
    assert history(secretary) not in page(client, changing("user", secretary))
    of_root = client_for(superuser)
    assert history(secretary) in page(of_root, changing("user", secretary))
    assert "停用账号。家里有事" in re.sub("</?b>", "", page(of_root, history(secretary)))


def test_who_is_given_the_keeping_of_accounts_reads_no_other_territory_s(
    client_for, superuser, bureau_staff, outsider, secretary
):
    role = Group.objects.get(name=Role.BUREAU.label)
    role.permissions.add(Permission.objects.get(codename="change_user"))
    audit.record(by=outsider, act="停用账号", instance=secretary, note="家里有事")
    shown = page(client_for(bureau_staff), history(secretary))
    assert "停用账号" not in shown
    assert "还没有人改过" in shown


def test_notes_are_for_who_reads_the_trail(client_for, sysadmin, superuser):
    kind = Kind.objects.first()
    audit.record(by=superuser, act="修改类别", instance=kind, note="老王要求的")
    assert "老王要求的" in page(client_for(superuser), history(kind))
    shown = page(client_for(sysadmin), history(kind))
    assert "修改类别" in shown
    assert "老王要求的" not in shown


def test_a_row_of_the_trail_leads_to_no_history(client_for, auditor, secretary):
    event = audit.record(by=auditor, act="试", instance=secretary)
    assert history(event) not in page(client_for(auditor), changing("auditevent", event))


def test_nothing_done_yet_is_said(client_for, sysadmin):
    assert "还没有人改过" in page(client_for(sysadmin), history(Kind.objects.first()))
