"""Signing in: who may, how often, where to, and what is never written down."""

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client, RequestFactory

from core import signin
from core.audit import client_ip
from core.models import Allowance, AuditEvent, User
from core.templatetags.elder import icon
from tests.core.signing_in import (
    NAME,
    PASSWORD,
    PASSWORD_PAGE,
    PHONE,
    SIGN_IN,
    is_signed_in,
    sign_in,
)
from tests.factories.branches import make_user

WRONG = "手机号、党员编号、登录名或者密码不对，请再看一看。"
pytestmark = pytest.mark.django_db


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

    @pytest.mark.parametrize(
        ("came", "back"),
        [
            ("?next=/me/profile/", 'href="/me/profile/">{}返回</a>'),
            ("", 'href="/">{}返回首页</a>'),
            ("?next=https://evil.example/", 'href="/">{}返回首页</a>'),
        ],
    )
    def test_the_password_page_leads_back_to_where_one_came_from(self, client, elder, came, back):
        sign_in(client)
        wanted = f'<a class="link" {back.format(icon("back"))}'
        assert wanted in client.get(PASSWORD_PAGE + came).content.decode()
        assert wanted in client.post(PASSWORD_PAGE + came).content.decode()

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
        assert "请过20分钟再试" in answer.content.decode()
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


def test_allowances_of_other_days_do_not_count():
    Allowance.objects.create(key="u:1", day=dt.date(2020, 1, 1), used=20)
    assert signin.take_try("u:1")


@pytest.mark.django_db(transaction=True)
def test_who_counts_at_once_gets_no_more_than_there_is():
    def tried(_):
        try:
            return signin.take_try("n:1", most=5)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(tried, range(16))) == 5
