"""What was done to one row, on the page that leads there from its form."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from activities.actions.theme_day import plan_activity
from branches.enums import Role
from core import audit
from core.models import AuditEvent, Kind
from members.actions import update_member
from tests.cast import TODAY
from tests.core.admin.addresses import changing, page
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db


def history(row):
    """Return the address of ROW's history."""
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[row.pk])


def scheduled(by, branch, topic=""):
    """Return a theme day of this month, announced by BY."""
    day = timezone.localdate()
    return plan_activity(by=by, branch=branch, period=f"{day:%Y-%m}", date=day, topic=topic)


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
    before = {"branch": None, "join_date": None}
    after = {"branch": branch.pk, "join_date": "1980-07-02"}
    audit.record(by=None, act="登记", instance=member, before=before, after=after)
    shown = page(client_for(bureau_staff), history(member))
    assert f"所在党支部：填写“{branch}”" in shown
    assert "入党日期：填写“1980年7月2日”" in shown


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("marks", {"1": "HERE"}, "到会情况：填写“1项”"),
        ("reasons", {"1": "已说明"}, "没到会的原因：填写“1项”"),
        ("count", 3, "照片张数：填写“3”"),
    ],
)
def test_what_is_no_column_of_an_activity_is_said_in_words(
    client_for, secretary, bureau_staff, branch, key, value, said
):
    activity = scheduled(secretary, branch)
    audit.record(by=secretary, act="试", instance=activity, after={key: value})
    assert said in page(client_for(bureau_staff), history(activity))


def test_what_a_roster_calls_a_branch_is_said_in_words(client_for, bureau_staff, branch):
    audit.record(by=bureau_staff, act="试", instance=branch, after={"alias": "槐荫片"})
    assert "名册里的写法：填写“槐荫片”" in page(client_for(bureau_staff), history(branch))


def test_no_act_puts_a_name_on_record_that_its_readers_would_not_understand(branch, superuser):
    with pytest.raises(TypeError, match="No trail_words for mark of Branch"):
        audit.record(by=superuser, act="试", instance=branch, after={"mark": 1})
    with pytest.raises(TypeError, match="rows"):
        audit.record(by=superuser, act="试", before={"rows": 1})
    audit.record(by=superuser, act="试", instance=branch, after={"党员：修改": True, "name": "新"})


def test_settings_are_named_and_not_spelt_out(client_for, superuser):
    kind = Kind.objects.get(key="activity.theme_day")
    before = audit.snapshot(kind)
    kind.settings = kind.settings | {"edit_days_after": 3}
    after = audit.snapshot(kind)
    event = audit.record(by=superuser, act="试", instance=kind, before=before, after=after)
    assert event.after == {"settings": kind.settings}
    shown = page(client_for(superuser), history(kind))
    assert "设置：（有改动，内容请打开看）" in shown
    assert "edit_days_after" not in shown


def test_what_nobody_wrote_is_not_told(client_for, secretary, bureau_staff, branch):
    activity = scheduled(secretary, branch, topic="学党章")
    shown = page(client_for(bureau_staff), history(activity))
    assert "主题：填写“学党章”" in shown
    for label in ("主持人", "会议记录", "议程", "费用", "—"):
        assert label not in shown.split('class="trail"')[1].split("</ol>")[0], label


def test_the_trail_s_own_page_leaves_out_what_stayed_nothing(client_for, auditor, branch):
    event = AuditEvent.objects.create(
        act="旧的",
        object_type="branches.branch",
        object_id=str(branch.pk),
        before={"unit": None, "name": "旧"},
        after={"unit": "", "name": "新"},
    )
    shown = page(client_for(auditor), changing("auditevent", event))
    assert "组织名称：旧 → 新" in shown
    assert "所在单位" not in shown


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
