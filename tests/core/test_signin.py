"""Signing in: who may, how often, for how long, and what is never written down."""

import datetime as dt
import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from core import signin
from core.audit import client_ip
from core.models import Allowance, AuditEvent, User
from tests.factories.branches import make_user

PHONE, NAME, PASSWORD = "16112345678", "00000017", "银辉-测试-2026"
SIGN_IN, PASSWORD_PAGE = "/signin/", "/password/"
WRONG = "手机号、党员编号、登录名或者密码不对，请再看一看。"

pytestmark = pytest.mark.django_db


@pytest.fixture
def elder():
    """A user with a member number and a telephone."""
    return make_user(NAME, display_name="张建国", phone=PHONE)


def sign_in(client, name=NAME, password=PASSWORD, *, address="192.0.2.1", **fields):
    data = {"username": name, "password": password, **fields}
    return client.post(SIGN_IN, data, REMOTE_ADDR=address)


def is_signed_in(client):
    return client.get(PASSWORD_PAGE).status_code == 200


class TestNames:
    """One account, however its name is typed."""

    @pytest.mark.parametrize(
        "typed",
        [
            NAME,
            PHONE,
            "１６１１２３４５６７８",
            " 161 1234 5678 ",
            "161-1234-5678",
            "０００００017",
        ],
    )
    def test_every_way_to_type_it(self, client, elder, typed):
        answer = sign_in(client, typed)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert is_signed_in(client)

    def test_the_label_names_every_kind_of_name(self, client):
        assert "手机号、党员编号或登录名</label>" in client.get(SIGN_IN).content.decode()

    def test_letters_are_folded(self, client):
        make_user("sec1")
        assert sign_in(client, "ＳEC1 ").status_code == 302

    def test_a_name_goes_before_a_telephone_that_looks_like_it(self, elder):
        namesake = make_user(PHONE)
        assert User.objects.get_by_natural_key(PHONE) == namesake

    @pytest.mark.parametrize(
        "typed", ["", "no such", "16100000000", "\x00", "x" * 60, "a16112345678"]
    )
    def test_an_unknown_name_is_told_nothing(self, client, elder, typed):
        answer = sign_in(client, typed)
        assert answer.status_code == 200
        assert not is_signed_in(client)

    def test_a_wrong_password_and_a_closed_account_say_the_same(self, client, elder):
        elder.is_active = False
        elder.save()
        said = [
            sign_in(client, name, password).context["form"].non_field_errors()
            for name, password in ((NAME, PASSWORD), (NAME, "wrong"), ("nobody", "wrong"))
        ]
        assert said == [[WRONG]] * 3

    @pytest.mark.parametrize("name", [NAME, "nobody"])
    def test_a_known_and_an_unknown_name_cost_one_hash(self, client, elder, name, monkeypatch):
        hashed = []
        encode = hashers.MD5PasswordHasher.encode

        def counted(*args):
            hashed.append(1)
            return encode(*args)

        monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
        sign_in(client, name, "wrong")
        assert len(hashed) == 1


class TestNextPage:
    """Where one lands."""

    def test_the_page_one_came_for(self, client, elder):
        answer = sign_in(client, next="/password/?a=1")
        assert answer["Location"] == "/password/?a=1"

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
    def test_never_another_site(self, client, elder, target):
        assert sign_in(client, next=target)["Location"] == "/"

    def test_who_is_signed_in_goes_on(self, client, elder):
        sign_in(client)
        assert client.get(SIGN_IN)["Location"] == "/"

    def test_a_page_asks_to_sign_in_and_leads_back(self, client):
        assert client.get("/password/?a=1")["Location"] == "/signin/?next=/password/%3Fa%3D1"

    @pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"HX-Request": "true"}])
    def test_a_program_is_told_by_number(self, client, headers):
        answer = client.get("/password/", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"error": "请先登录。"})

    def test_a_button_leads_back_to_the_page_it_was_on(self, client):
        answer = client.post("/password/", headers={"Referer": "http://testserver/runs/5/?b=2"})
        assert answer["Location"] == "/signin/?next=/runs/5/%3Fb%3D2"
        answer = client.post("/password/", headers={"Referer": "https://evil.example/x"})
        assert answer["Location"] == "/signin/?next=/"


class TestLocks:
    """Five wrong passwords from one place, twenty a day from everywhere."""

    def test_the_fifth_locks_also_for_the_right_password(self, client, elder):
        codes = [sign_in(client, password="wrong").status_code for _ in range(5)]
        assert codes == [200] * 4 + [429]
        answer = sign_in(client)
        assert answer.status_code == 429
        assert "请过 20 分钟再试" in answer.content.decode()
        assert sign_in(client, address="192.0.2.2").status_code == 302, "not from elsewhere"

    def test_names_of_one_account_count_together(self, client, elder):
        for name in (NAME, PHONE, "１６１１２３４５６７８", NAME, PHONE):
            answer = sign_in(client, name, "wrong")
        assert answer.status_code == 429

    def test_waiting_opens_it_even_if_one_kept_trying(self, client, elder, time_machine):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        for _ in range(6):
            sign_in(client, password="wrong")
        time_machine.move_to("2026-11-22 10:19+08:00", tick=False)
        assert sign_in(client).status_code == 429
        time_machine.move_to("2026-11-22 10:21+08:00", tick=False)
        assert sign_in(client).status_code == 302

    def test_the_right_password_forgets_the_wrong_ones(self, client, elder):
        for _ in range(3):
            for _ in range(4):
                sign_in(client, PHONE, "wrong")
            assert sign_in(Client()).status_code == 302
        assert AccessAttempt.objects.count() == 0

    @pytest.mark.parametrize("name", [NAME, "nobody"])
    def test_twenty_a_day_from_many_places(self, client, elder, name, time_machine):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        codes = [
            sign_in(client, name, "wrong", address=f"192.0.2.{number}").status_code
            for number in range(21)
        ]
        assert codes == [200] * 20 + [429]
        answer = sign_in(client, name, address="192.0.2.99")
        assert answer.status_code == 429
        assert "请明天再来" in answer.content.decode()
        time_machine.move_to("2026-11-23 00:00+08:00", tick=False)
        expected = 302 if name == NAME else 200
        assert sign_in(client, name, address="192.0.2.99").status_code == expected

    def test_signing_in_well_uses_up_nothing(self, client, elder):
        for _ in range(25):
            assert sign_in(Client()).status_code == 302
        assert Allowance.objects.get().used == 0

    def test_no_try_slips_through(self):
        taken = [signin.take_try("u:1") for _ in range(25)]
        assert taken == [True] * 20 + [False] * 5


class TestTrail:
    """What is on record, and what never is."""

    def test_in_out_wrong_and_locked_are_on_record(self, client, elder):
        sign_in(client)
        client.post("/signout/")
        for _ in range(6):
            sign_in(client, password="wrong")
        events = AuditEvent.objects.order_by("pk").values_list("act", "object_id", "ip")
        place = (str(elder.pk), "192.0.2.1")
        assert list(events) == [
            ("登录", *place),
            ("退出登录", str(elder.pk), "127.0.0.1"),
            *[("登录失败", *place)] * 4,
            ("登录锁定", *place),
        ]

    def test_a_password_left_out_is_told_and_is_no_try(self, client, elder):
        page = sign_in(client, password="").content.decode()
        assert "没有登录上" in page
        assert "密码：这一项还没有填，请填一下。" in page
        assert not AuditEvent.objects.filter(act="登录失败").exists()
        assert not Allowance.objects.filter(used__gt=0).exists()

    def test_a_stranger_who_locks_himself_out_is_nobody(self, client):
        for _ in range(5):
            sign_in(client, "nobody", "wrong")
        event = AuditEvent.objects.get()
        assert (event.act, event.object_id, event.object_label) == ("登录锁定", "", "没有这个账号")

    @pytest.mark.parametrize("name", [PHONE, "16199998888"])
    def test_no_telephone_in_rows_or_logs(self, client, elder, caplog, name):
        with caplog.at_level(logging.DEBUG):
            for _ in range(6):
                sign_in(client, name, "秘密密码")
        rows = str(list(AccessAttempt.objects.values())) + str(list(Allowance.objects.values()))
        rows += str(list(AuditEvent.objects.values()))
        for secret in (name, "秘密密码"):
            assert secret not in rows
            assert secret not in caplog.text

    def test_the_address_reaches_the_trail_and_is_gone_after(self, client, elder, settings):
        settings.BEHIND_PROXY = True
        data = {"username": NAME, "password": PASSWORD}
        client.post(SIGN_IN, data, headers={"X-Forwarded-For": "203.0.113.9"})
        assert AuditEvent.objects.get().ip == "203.0.113.9"
        assert client_ip.get() is None

    @pytest.mark.parametrize(
        ("proxy", "header", "address", "read"),
        [
            (False, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
            (True, "198.51.100.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
            (True, "nonsense", "127.0.0.1", None),
            (False, "", "", None),
            (True, "", "", None),
        ],
    )
    def test_only_the_proxy_is_believed(self, settings, proxy, header, address, read):
        settings.BEHIND_PROXY = proxy
        request = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=header)
        assert signin.client_address(request) == read


class TestSessions:
    """How long one stays signed in."""

    def at(self, time_machine, clock):
        time_machine.move_to(f"2026-11-22 {clock}+08:00", tick=False)

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
        User.objects.update(must_change_password=True)
        sign_in(client)
        assert client.get("/runs/1/")["Location"] == PASSWORD_PAGE
        assert client.get("/healthz").status_code == 200
        assert client.get(PASSWORD_PAGE).status_code == 200
        self.change(client)
        assert client.get("/runs/1/").status_code == 404
        assert client.post("/signout/").status_code == 200

    def test_who_has_a_first_password_is_told_why_and_which_is_asked(self, client, elder):
        sign_in(client)
        User.objects.update(must_change_password=True)
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


def test_allowances_of_other_days_do_not_count():
    Allowance.objects.create(key="u:1", day=dt.date(2020, 1, 1), used=20)
    assert signin.take_try("u:1")
