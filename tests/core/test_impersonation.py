"""以某人身份查看: who may, whose pages, why, how long, and what is on record (security P26)."""

import json
import re

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.enums import Role
from branches.models import Appointment
from core import actions
from core.models import AuditEvent, BackgroundRun, FormDraft, Notice, User
from members.models import Member
from tests.core.admin.addresses import changing
from tests.core.second_steps import step_in, telephone_of
from tests.core.signing_in import sign_in
from tests.factories.branches import make_post, make_user
from tests.impersonating import END, REASON, address_of, begin, viewing

pytestmark = pytest.mark.django_db
BUTTON = "以他的身份查看"


@pytest.fixture(autouse=True)
def _on(settings, time_machine):
    """Let administrators view; the clock moves when told."""
    settings.IMPERSONATION = True
    time_machine.move_to("2026-11-22 10:00+08:00", tick=False)


def whose(client):
    """Return whose pages CLIENT is shown on the front page, if anybody else's."""
    shown = re.search(r"您在以(.*?)的身份查看。", client.get("/", follow=True).content.decode())
    return shown and shown[1]


def acts():
    """Return (act, who, on whom, note) of everything on record about views and signing out."""
    rows = AuditEvent.objects.filter(act__regex="身份查看|退出登录").order_by("pk")
    return list(rows.values_list("act", "by_name", "object_label", "note"))


def change_password(user):
    """Give USER another password."""
    user.set_password("另一个-银辉-2026")
    user.save()


# What may happen meanwhile, told of the first administrator, of who views and of whose pages he views.
CHANGES = {
    "his account": lambda root, by, user: actions.close_account(by=root, user=by, reason="离岗"),
    "his post": lambda root, by, user: Appointment.objects.filter(user=by).update(
        started_on="2026-01-01", ended_on="2026-11-21"
    ),
    "his password": lambda root, by, user: change_password(by),
    "the other's account": lambda root, by, user: actions.close_account(
        by=root, user=user, reason="离岗"
    ),
    "the other's post": lambda root, by, user: make_post(Role.SYSADMIN, None, user),
    "the other's password": lambda root, by, user: change_password(user),
}


class TestWho:
    """System administrators, from the page of an account, by POST."""

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            ("", 302),
            *((role, 404) for role in ("member", "group_leader", "secretary")),
            *((role, 403) for role in ("street_staff", "bureau_staff", "auditor")),
        ],
    )
    def test_nobody_else_begins(self, request, client, other_secretary, role, status):
        if role:
            client.force_login(request.getfixturevalue(role))
        assert begin(client, other_secretary).status_code == status
        assert whose(client) is None
        assert acts() == []

    @pytest.mark.parametrize("role", ["sysadmin", "superuser"])
    def test_an_administrator_begins_by_the_form_of_the_account(
        self, request, client_for, secretary, role
    ):
        office = client_for(request.getfixturevalue(role))
        page = office.get(changing("user", secretary)).content.decode()
        assert f'action="{address_of(secretary)}"' in page
        assert BUTTON in page
        assert office.get(address_of(secretary)).status_code == 405
        assert begin(office, secretary)["Location"] == "/"
        assert whose(office) == "陆德贤"

    @pytest.mark.parametrize("role", ["sysadmin", "auditor", "closed", "another"])
    def test_some_accounts_are_viewed_by_nobody(self, request, client_for, sysadmin, role):
        user = {
            "another": lambda: make_post(Role.SYSADMIN, None, make_user("second")).user,
            "closed": lambda: make_user("closed", is_active=False),
        }.get(role, lambda: request.getfixturevalue(role))()
        office = client_for(sysadmin)
        assert BUTTON not in office.get(changing("user", user)).content.decode()
        assert begin(office, user).status_code == 403
        assert whose(office) is None
        assert acts() == []

    def test_the_first_administrator_is_viewed_by_nobody(self, client_for, sysadmin, superuser):
        assert begin(client_for(sysadmin), superuser).status_code == 404
        other = make_user("root2", is_superuser=True)
        assert begin(client_for(superuser), other).status_code == 403

    def test_nothing_is_there_unless_the_setting_is_on(
        self, client_for, sysadmin, member, settings
    ):
        office = viewing(sysadmin, member)
        settings.IMPERSONATION = False
        assert office.get("/me/")["Location"] == "/signin/?next=/me/"
        office = client_for(sysadmin)
        assert BUTTON not in office.get(changing("user", member)).content.decode()
        for address in (address_of(member), END):
            assert office.post(address, {"reason": REASON}).status_code == 404
            assert office.get(address).status_code == 404

    @pytest.mark.parametrize("reason", ["", " ", "看"])
    def test_a_reason_is_asked_for(self, client_for, sysadmin, member, reason):
        office = client_for(sysadmin)
        answer = begin(office, member, reason)
        assert answer.status_code == 200
        assert answer.context["form"].errors["reason"]
        assert acts() == []
        assert begin(office, member).status_code == 302

    def test_one_at_a_time(self, sysadmin, member, secretary):
        office = viewing(sysadmin, member)
        assert begin(office, secretary).status_code == 403
        assert whose(office) == "周玉兰"

    def test_ending_what_was_not_begun_ends_nothing(self, client_for, sysadmin):
        assert client_for(sysadmin).post(END)["Location"] == "/"


class TestWhile:
    """Looked at, masked, and nothing in the other's name."""

    def test_nothing_is_changed_and_the_page_says_so_kindly(self, sysadmin, secretary):
        office = viewing(sysadmin, secretary)
        answer = office.post("/notices/read/", {"up_to": 1})
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "只能看，不能办" in page
        assert "结束查看" in page
        assert "回陆德贤的首页" in page

    def test_the_owner_s_own_numbers_are_masked(self, client_for, sysadmin, member):
        record = Member.objects.get(user=member)
        assert record.id_number in client_for(member).get("/me/profile/").content.decode()
        page = viewing(sysadmin, member).get("/me/profile/").content.decode()
        for number in (record.id_number, record.phone):
            assert number not in page
            assert number[:3] + "*" * (len(number) - 7) + number[-4:] in page

    def test_health_hardship_and_remarks_stay_with_whom_they_concern(
        self, sysadmin, member, secretary, bureau_staff
    ):
        record = Member.objects.get(user=member)
        Member.objects.filter(pk=record.pk).update(remark="密备注九九", health="4", hardship="2")
        pages = {
            member: ("/me/profile/", 200),
            secretary: (f"/members/{record.pk}/", 200),
            bureau_staff: (f"/admin/members/member/{record.pk}/change/", 403),
        }
        for user, (page, status) in pages.items():
            answer = viewing(sysadmin, user).get(page)
            assert answer.status_code == status
            assert not re.search("密备注九九|重病", answer.content.decode())
        assert viewing(sysadmin, secretary).get(f"/members/{record.pk}/edit/").status_code == 403

    def test_ended_twice_it_is_ended(self, sysadmin, member):
        office = viewing(sysadmin, member)
        assert office.post(END).status_code == 302
        assert office.post(END)["Location"] == "/"

    @pytest.mark.parametrize("reason", ["\u200b\u200b", "\u00ad\u00ad", "..", "。 。"])
    def test_a_reason_that_says_nothing_begins_nothing(self, client_for, sysadmin, member, reason):
        answer = begin(client_for(sysadmin), member, reason)
        assert answer.status_code == 200
        assert "请写一句别人看得懂的话。" in answer.content.decode()
        assert acts() == []

    def test_a_member_reads_who_viewed_his_pages_and_why(self, client_for, sysadmin, member):
        viewing(sysadmin, member)
        page = client_for(member).get("/me/profile/").content.decode()
        assert "谁以我的身份" in page
        assert sysadmin.display_name in page
        assert REASON in page

    def test_who_has_no_record_reads_it_beside_his_password(
        self, client_for, sysadmin, bureau_staff, secretary
    ):
        viewing(sysadmin, bureau_staff)
        page = client_for(bureau_staff).get(reverse("password")).content.decode()
        assert "谁以我的身份" in page
        assert REASON in page
        assert "谁以我的身份" not in client_for(secretary).get(reverse("password")).content.decode()

    def test_signing_in_of_the_other_is_not_touched(self, client, sysadmin, member):
        sign_in(client, member.username, "wrong", address="127.0.0.1")
        before = User.objects.filter(pk=member.pk).values().get()
        tried = AccessAttempt.objects.values().get()
        office = viewing(sysadmin, member)
        office.post(END)
        assert User.objects.filter(pk=member.pk).values().get() == before
        assert AccessAttempt.objects.values().get() == tried

    def test_a_first_password_not_yet_changed_leads_nowhere(self, sysadmin, member):
        member.must_change_password, member.first_password_on = True, timezone.localdate()
        member.save()
        assert viewing(sysadmin, member).get("/me/").status_code == 200

    def test_no_form_is_kept_in_the_other_s_name(self, sysadmin, member):
        office = viewing(sysadmin, member, enforce_csrf_checks=False)
        page = office.get("/me/profile/correction/").content.decode()
        assert '<input type="hidden" name="form_owner" value="">' in page
        office.handler.enforce_csrf_checks = True
        assert office.post("/me/profile/correction/", {"text": "x"}).status_code == 403
        assert not FormDraft.objects.exists()

    def test_a_form_that_is_kept_for_the_other_is_not_shown(self, sysadmin, member):
        body = json.dumps([["text", ["住址已经搬了"]]])
        FormDraft.objects.create(owner=member, path="/me/profile/correction/", body=body)
        page = viewing(sysadmin, member).get("/me/profile/correction/").content.decode()
        assert "住址已经搬了" not in page

    def test_what_would_be_written_by_looking_is_refused(self, sysadmin, bureau_staff, branch):
        office = viewing(sysadmin, bureau_staff)
        listed = reverse("admin:members_member_changelist")
        assert office.get(listed).status_code == 200
        # A whole number that is searched for is counted, under the name of who searches.
        assert office.get(listed, {"q": "99010119500101001X"}).status_code == 403


class TestEnd:
    """By the button, by signing out, by time, with what it stands on."""

    def test_the_button_leads_back_to_the_account(self, sysadmin, member):
        office = viewing(sysadmin, member)
        assert office.get(END).status_code == 405
        answer = office.post(END)
        assert answer["Location"] == changing("user", member)
        assert "已结束查看周玉兰的页面。" in office.get(answer["Location"]).content.decode()
        assert whose(office) is None
        assert acts() == [
            ("以某人身份查看", "罗维", "周玉兰", REASON),
            ("结束以某人身份查看", "罗维", "周玉兰", ""),
        ]

    def test_signing_out_ends_both(self, sysadmin, member):
        office = viewing(sysadmin, member)
        page = office.post("/signout/").content.decode()
        assert "结束查看" not in page
        assert not Session.objects.exists()
        assert acts()[1:] == [
            ("结束以某人身份查看", "罗维", "周玉兰", "退出登录"),
            ("退出登录", "罗维", "罗维", ""),
        ]

    def test_when_the_time_is_up_the_next_page_leads_back(self, sysadmin, member, time_machine):
        office = viewing(sysadmin, member)
        for minute in (20, 29):
            time_machine.move_to(f"2026-11-22 10:{minute}+08:00", tick=False)
            assert whose(office) == "周玉兰"
        time_machine.move_to("2026-11-22 10:31+08:00", tick=False)
        answer = office.get("/me/", follow=True)
        assert answer.redirect_chain[-1][0] == changing("user", member)
        assert "时间到了，查看周玉兰的页面已经自动结束。" in answer.content.decode()
        assert acts()[-1] == ("结束以某人身份查看", "罗维", "周玉兰", "时间到了")

    def test_nothing_is_done_after_the_time_either(self, sysadmin, member, time_machine):
        office = viewing(sysadmin, member)
        time_machine.move_to("2026-11-22 10:25+08:00", tick=False)
        office.get("/me/")
        time_machine.move_to("2026-11-22 10:31+08:00", tick=False)
        assert office.post("/me/profile/file/")["Location"] == END

    def test_a_pause_ends_the_whole_session(self, sysadmin, member, time_machine):
        office = viewing(sysadmin, member)
        time_machine.move_to("2026-11-22 10:31+08:00", tick=False)
        assert office.get("/me/")["Location"] == "/signin/?next=/me/"
        assert acts()[-1][0] == "结束以某人身份查看"

    def test_it_makes_no_session_longer(self, client_for, sysadmin, member, time_machine):
        office = client_for(sysadmin)
        for hour in range(10, 18):
            for minute in (0, 25, 50):
                time_machine.move_to(f"2026-11-22 {hour}:{minute:02}+08:00", tick=False)
                assert office.get("/admin/").status_code == 200
        begin(office, member)
        assert office.cookies["sid"]["max-age"] == ""
        time_machine.move_to("2026-11-22 18:01+08:00", tick=False)
        assert office.get("/me/")["Location"] == END
        office.get(END)
        assert office.get("/admin/").status_code == 302

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
    def test_it_ends_with_what_it_stands_on(self, sysadmin, member, superuser, change):
        office = viewing(sysadmin, member)
        change(superuser, sysadmin, member)
        assert office.get("/me/")["Location"] == "/signin/?next=/me/"
        assert office.get("/admin/").status_code == 302
        assert acts()[-1] == (
            *("结束以某人身份查看", "罗维", "周玉兰"),
            "长时间没有操作，或者账号有变化",
        )


class TestLeavesNothing:
    """What its owner has not looked at yet stays so, and no receiver of the process is turned off."""

    def test_news_of_what_ended_stays_news(self, sysadmin, secretary):
        run = BackgroundRun.objects.create(
            kind="export.order", key="k", by=secretary, state="DONE", finished_at=timezone.now()
        )
        page = reverse("run", args=[run.pk])
        notice = Notice.objects.create(user=secretary, text="导出表格已经做完", url=page)
        office = viewing(sysadmin, secretary)
        assert office.get(page).status_code == 200
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_signals_of_signing_in_stay_as_they_are(self, client, sysadmin, member):
        heard = []
        user_logged_in.connect(receiver := lambda **_: heard.append(1), weak=False)
        try:
            before = len(user_logged_in.receivers)
            viewing(sysadmin, member).post(END)
            assert len(user_logged_in.receivers) == before
        finally:
            user_logged_in.disconnect(receiver)
        assert not any("update_last_login" in str(key) for key, *_ in user_logged_in.receivers)

    def test_the_act_itself_asks_who_may(self, secretary, member):
        with pytest.raises(PermissionDenied):
            actions.begin_impersonation(by=secretary, user=member, reason=REASON)
        assert acts() == []


class TestSecondFactor:
    """The administrator's own stands for the view; the other's is neither asked for nor touched."""

    @pytest.fixture(autouse=True)
    def _asked(self, settings):
        settings.SECOND_FACTOR = "office+secretaries"

    def test_who_owes_it_begins_nothing(self, client_for, sysadmin, member):
        telephone_of(sysadmin)
        office = client_for(sysadmin)
        assert begin(office, member)["Location"].startswith("/second-factor/")
        assert acts() == []

    @pytest.mark.parametrize("has_one", [True, False])
    def test_the_other_s_does_not_block(self, sysadmin, secretary, has_one):
        if has_one:
            telephone_of(secretary)
        office = Client()
        sysadmin.set_password("银辉-测试-2026")
        sysadmin.save()
        step_in(office, sysadmin, telephone_of(sysadmin)[0].code())
        begin(office, secretary)
        assert whose(office) == "陆德贤"
        for address in ("/second-factor/", "/second-factor/new/"):
            assert office.get(address).status_code == 403
        office.post(END)
        assert office.get("/admin/").status_code == 200

    def test_it_ends_with_the_administrator_s(self, sysadmin, secretary, superuser):
        office = Client()
        sysadmin.set_password("银辉-测试-2026")
        sysadmin.save()
        step_in(office, sysadmin, telephone_of(sysadmin)[0].code())
        begin(office, secretary)
        actions.remove_second_factor(by=superuser, user=sysadmin, reason="手机丢了")
        assert whose(office) is None
