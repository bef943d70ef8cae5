"""How long one stays signed in, and how one chooses a password of one's own."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.actions import close_account, renew_password
from core.forms import PasswordForm
from core.models import Allowance, AuditEvent, User
from core.sessions import SessionStore
from tests.core.signing_in import PASSWORD, PASSWORD_PAGE, PHONE, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


class TestSessions:
    """How long one stays signed in."""

    def at(self, time_machine, clock):
        time_machine.move_to(f"2026-11-22 {clock}+08:00", tick=False)

    @pytest.mark.parametrize("key", ['"\\000abcdefghijk"', "a" * 500, "../../etc/passwd"])
    def test_a_cookie_that_was_never_ours_is_no_session(self, client, key):
        for page in ("/me/", "/signin/"):
            answer = client.get(page, headers={"cookie": f"sid={key}"})
            assert answer.status_code in {200, 302}

    def test_an_office_post_pauses_half_an_hour_at_most(self, client, bureau_staff, time_machine):
        self.at(time_machine, "08:00")
        sign_in(client, "bureau")
        self.at(time_machine, "08:29")
        assert is_signed_in(client)
        self.at(time_machine, "08:58")
        assert is_signed_in(client), "each visit begins the half hour again"
        self.at(time_machine, "09:29")
        assert not is_signed_in(client)

    def test_an_office_post_ends_after_eight_hours(self, client, bureau_staff, time_machine):
        self.at(time_machine, "08:00")
        sign_in(client, "bureau")
        for hour in range(8, 16):
            for minute in (20, 40, 59):
                self.at(time_machine, f"{hour:02d}:{minute}")
                assert is_signed_in(client)
        self.at(time_machine, "16:01")
        assert not is_signed_in(client)

    @pytest.mark.parametrize("role", ["secretary", "member"])
    def test_others_have_twenty_hours(self, client, role, request, time_machine):
        request.getfixturevalue(role)
        time_machine.move_to("2026-11-22 08:00+08:00", tick=False)
        sign_in(client, role)
        time_machine.move_to("2026-11-23 03:59+08:00", tick=False)
        assert is_signed_in(client)
        time_machine.move_to("2026-11-24 00:00+08:00", tick=False)
        assert not is_signed_in(client)

    def test_the_office_cookie_ends_with_the_browser(self, client, bureau_staff, secretary):
        sign_in(client, "bureau")
        assert client.cookies["sid"]["max-age"] == ""
        client = Client()
        sign_in(client, "secretary")
        assert client.cookies["sid"]["max-age"] == 20 * 3600

    def test_the_session_is_written_once_a_minute(
        self, client, secretary, time_machine, django_assert_num_queries
    ):
        self.at(time_machine, "08:00")
        sign_in(client, "secretary")
        is_signed_in(client)
        before = Session.objects.get().session_data
        self.at(time_machine, "08:00:59")
        is_signed_in(client)
        assert Session.objects.get().session_data == before
        self.at(time_machine, "08:02")
        is_signed_in(client)
        assert Session.objects.get().session_data != before

    def test_a_session_past_its_day_is_over(self, client, secretary, time_machine):
        self.at(time_machine, "08:00")
        sign_in(client, "secretary")
        assert is_signed_in(client)
        Session.objects.update(expire_date=timezone.now())
        assert not is_signed_in(client)

    def test_a_disabled_user_is_out_at_the_next_request(self, client, elder):
        sign_in(client)
        User.objects.update(is_active=False)
        assert not is_signed_in(client)

    def test_an_anonymous_page_asks_no_query(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            client.get("/healthz")

    def test_a_signed_in_page_is_not_kept_by_anybody(self, client, elder):
        sign_in(client)
        assert "no-store" in client.get(PASSWORD_PAGE)["Cache-Control"]


class TestPassword:
    """Choosing one's own password."""

    NEW = "春眠不觉晓-2026"

    def change(self, client, **fields):
        data = {"old_password": PASSWORD, "new_password1": self.NEW, "new_password2": self.NEW}
        return client.post(PASSWORD_PAGE, data | fields)

    def test_an_open_session_is_no_place_to_guess_the_old_one(self, client, elder):
        sign_in(client)
        codes = [self.change(client, old_password="wrong").status_code for _ in range(5)]
        assert (codes[0], codes[-1]) == (200, 429)
        assert self.change(client).status_code == 429
        elder.refresh_from_db()
        assert elder.check_password(PASSWORD)

    def test_a_refused_new_one_is_no_wrong_old_one(self, client, elder):
        sign_in(client)
        before = Allowance.objects.values_list("used", flat=True).first()
        for _ in range(6):
            assert self.change(client, new_password1="短", new_password2="短").status_code == 200
        assert Allowance.objects.values_list("used", flat=True).first() == before
        assert not AuditEvent.objects.filter(act="登录失败").exists()
        self.change(client, old_password="wrong")
        assert AuditEvent.objects.filter(act="登录失败").count() == 1

    def test_other_sessions_end_and_this_one_goes_on(self, client, elder):
        other = Client()
        sign_in(client)
        sign_in(other)
        assert self.change(client)["Location"] == reverse("password-done")
        assert is_signed_in(client)
        assert not is_signed_in(other)
        assert sign_in(Client()).status_code == 200
        assert sign_in(Client(), password=self.NEW).status_code == 302
        assert "修改密码" in AuditEvent.objects.values_list("act", flat=True)

    @pytest.mark.parametrize(
        ("meanwhile", "told"),
        [
            (lambda by, user: close_account(by=by, user=user, reason="离职"), "这个账号已停用"),
            (lambda by, user: renew_password(by=by, user=user), "刚刚在别处改过"),
        ],
        ids=["closed", "given another"],
    )
    def test_what_a_clerk_does_of_the_account_meanwhile_stays(
        self, client, elder, sysadmin, monkeypatch, meanwhile, told
    ):
        """The whole row was written back as it was read: a closed account was open again."""

        def clerk_comes_in(form, user, name=""):
            meanwhile(sysadmin, User.objects.get(pk=user.pk))

        sign_in(client)
        monkeypatch.setattr(PasswordForm, "validate_password_for_user", clerk_comes_in)
        answer = self.change(client)
        done = User.objects.values_list("is_active", "must_change_password").get(pk=elder.pk)
        assert done in ((False, False), (True, True))
        assert told in answer.content.decode()
        assert not User.objects.get(pk=elder.pk).check_password(self.NEW)
        assert not is_signed_in(client)

    def test_one_that_cannot_be_put_on_record_is_not_changed(self, client, elder, monkeypatch):
        def fail(**_):
            raise RuntimeError

        sign_in(client)
        monkeypatch.setattr(audit, "record", fail)
        with pytest.raises(RuntimeError):
            self.change(client)
        assert User.objects.get(pk=elder.pk).check_password(PASSWORD)

    @pytest.mark.parametrize(
        "fields",
        [
            {"old_password": "wrong"},
            {"new_password2": "另一个2026密码呀"},
            {"new_password1": "短", "new_password2": "短"},
            {"new_password1": "1234567890", "new_password2": "1234567890"},
            {"new_password1": PHONE, "new_password2": PHONE},
        ],
    )
    def test_a_bad_one_is_refused_and_the_old_one_stays(self, client, elder, fields):
        sign_in(client)
        answer = self.change(client, **fields)
        assert answer.context["form"].errors
        page = answer.content.decode()
        assert "密码没有留下来，请再填一遍。" in page
        assert "您填好的内容都还在" not in page
        assert "。；" not in page
        assert sign_in(Client()).status_code == 302

    def test_a_first_password_must_be_changed_before_anything_else(self, client, elder):
        User.objects.update(must_change_password=True, first_password_on=timezone.localdate())
        sign_in(client)
        assert client.get("/runs/1/")["Location"] == PASSWORD_PAGE
        assert client.get("/healthz").status_code == 200
        assert client.get(PASSWORD_PAGE).status_code == 200
        self.change(client)
        assert client.get("/runs/1/").status_code == 404
        assert client.post("/signout/").status_code == 200

    def test_who_has_a_first_password_is_told_why_and_which_is_asked(self, client, elder):
        sign_in(client)
        User.objects.update(must_change_password=True, first_password_on=timezone.localdate())
        asked = client.get("/", follow=True).content.decode()
        assert "第一次登录，请先换成自己的密码" in asked
        assert "登录卡上的首次密码" in asked
        assert "返回首页" not in asked
        wrong = self.change(client, old_password="wrong").content.decode()
        assert "首次密码不对，请照登录卡再输一次" in wrong

    def test_signing_out_needs_a_click(self, client, elder):
        sign_in(client)
        assert client.get("/signout/").status_code == 405
        assert "已经退出登录" in client.post("/signout/").content.decode()
        assert not is_signed_in(client)

    def test_a_cookie_that_was_copied_opens_nothing_once_its_owner_signed_out(self, client, elder):
        sign_in(client)
        copied = Client()
        copied.cookies.load({"sid": client.cookies["sid"].value})
        assert is_signed_in(copied)
        client.post("/signout/")
        assert not is_signed_in(copied)
        assert Session.objects.count() == 0

    def test_who_signs_in_gets_a_key_that_nobody_knew(self, client, elder):
        before = client.session.session_key
        sign_in(client)
        assert client.session.session_key != before
        assert Session.objects.count() == 1

    def test_a_key_that_somebody_has_is_given_to_nobody_else(self, elder, monkeypatch):
        theirs = SessionStore()
        theirs["whose"] = "theirs"
        theirs.create()
        keys = iter([theirs.session_key, "a" * 32])
        monkeypatch.setattr("core.sessions.get_random_string", lambda *_: next(keys))
        new = SessionStore()
        new.create()
        assert new.session_key == "a" * 32
        assert SessionStore(theirs.session_key)["whose"] == "theirs"
