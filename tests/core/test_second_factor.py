"""Signing in with two factors: who is asked, set up, codes of telephone and paper, taken away."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import actions, rules, second_factor
from core.models import AuditEvent, Authenticator, SpareCode, User
from portal import env
from tests.core.second_steps import (
    NEW,
    STEP,
    Telephone,
    shown_codes,
    shown_key,
    step_in,
    telephone_of,
)
from tests.core.signing_in import PASSWORD, PASSWORD_PAGE, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"


@pytest.fixture(autouse=True)
def _office(settings, time_machine):
    """Ask office posts, as production does; the clock stands still, for codes change."""
    settings.SECOND_FACTOR = "office"
    time_machine.move_to("2026-11-22 10:00+08:00", tick=False)


def told(answer):
    """Return what the form of ANSWER says beside its field."""
    return " ".join(answer.context["form"].errors.get("code", []))


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))


class TestWho:
    """Office posts; secretaries where the setting says so; members never."""

    @pytest.mark.parametrize(
        ("policy", "asked"),
        [
            ("off", set()),
            ("office", {"bureau_staff", "street_staff", "sysadmin", "auditor", "superuser"}),
            (
                "office+secretaries",
                {
                    *("bureau_staff", "street_staff", "sysadmin", "auditor", "superuser"),
                    "secretary",
                },
            ),
        ],
    )
    def test_who_is_led_to_set_it_up(self, client_for, request, settings, policy, asked):
        settings.SECOND_FACTOR = policy
        roles = (
            *("bureau_staff", "street_staff", "sysadmin", "auditor", "superuser"),
            *("secretary", "group_leader", "member"),
        )
        led = {
            role
            for role in roles
            if client_for(request.getfixturevalue(role)).get("/runs/").status_code == 302
        }
        assert led == asked

    @pytest.mark.parametrize("page", [STEP, NEW])
    def test_there_is_no_page_for_who_is_not_asked(self, client_for, member, page):
        assert client_for(member).get(page).status_code == 404
        assert Client().get(page)["Location"] == f"/signin/?next={page}"

    def test_a_policy_is_one_of_three(self, monkeypatch):
        monkeypatch.setenv("SECOND_FACTOR", "everybody")
        with pytest.raises(ImproperlyConfigured, match="use one of off, office"):
            env.choice("SECOND_FACTOR", ("off", "office"), "off")
        monkeypatch.setenv("SECOND_FACTOR", "Office")
        assert env.choice("SECOND_FACTOR", ("off", "office"), "off") == "office"
        assert not rules.asks_second_factor("off", in_office=True, roles={"SECRETARY"})

    def test_a_deployment_without_it_is_told(self, settings):
        assert list(second_factor.check_second_factor()) == []
        settings.SECOND_FACTOR = "off"
        assert [found.id for found in second_factor.check_second_factor()] == ["core.W001"]


class TestSetUp:
    """The first sign-in leads to the set-up page, and to nothing else."""

    def test_the_first_administrator_begins(self, client, superuser):
        assert sign_in(client, "root")["Location"] == "/"
        assert client.get("/")["Location"] == f"{NEW}?next=/"
        page = client.get(f"{NEW}?next=/runs/").content.decode()
        assert "<svg" in page
        key = shown_key(page)
        assert shown_key(client.get(NEW).content.decode()) == key, "a reload shows the same"
        telephone = Telephone(key)
        wrong = client.post(NEW, {"code": telephone.wrong_code()})
        assert "请照手机上现在的6位数字再填" in told(wrong)
        assert shown_key(wrong.content.decode()) == key
        answer = client.post(NEW, {"code": telephone.code(), "next": "/runs/"})
        codes = shown_codes(answer.content.decode())
        assert [len(code) for code in codes] == [10] * 10
        assert 'href="/runs/">留好了，继续' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert client.get("/runs/").status_code == 200
        assert acts() == ["登录", "设置第二步验证"]
        assert client.post(NEW, {"code": telephone.code(1)})["Location"] == "/", "shown once"

    def test_nothing_else_opens_before(self, client, superuser):
        sign_in(client, "root")
        assert client.get(ADMIN)["Location"] == f"{NEW}?next={ADMIN}"
        assert client.get(reverse("admin:core_user_changelist")).status_code == 302
        assert client.post("/notices/read/").status_code == 302
        for headers in ({"Accept": "application/json"}, {"HX-Request": "true"}):
            answer = client.get("/runs/1/state/", headers=headers)
            assert (answer.status_code, answer.json()) == (403, {"error": "请先完成第二步验证。"})
        for open_page in ("/healthz", "/readyz", PASSWORD_PAGE, reverse("password-done")):
            assert client.get(open_page).status_code == 200, open_page
        assert client.get(STEP)["Location"] == f"{NEW}?next=%2F"
        assert client.post("/text-size/", {"size": "xl"}).status_code == 302
        assert client.post("/signout/").status_code == 200

    def test_a_first_password_is_changed_first(self, client, bureau_staff):
        User.objects.update(must_change_password=True, first_password_on=timezone.localdate())
        sign_in(client, "bureau")
        assert client.get("/runs/")["Location"] == PASSWORD_PAGE
        new = "春眠不觉晓-2026"
        changed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert client.post(PASSWORD_PAGE, changed)["Location"] == reverse("password-done")
        assert client.get("/runs/")["Location"] == f"{NEW}?next=/runs/"

    def test_a_key_is_of_one_session(self, client, bureau_staff):
        other = Client()
        for each in (client, other):
            sign_in(each, "bureau")
        keys = {shown_key(each.get(NEW).content.decode()) for each in (client, other)}
        assert len(keys) == 2
        assert all(key not in str(client.session.items()) for key in keys), "sealed"

    def test_the_picture_says_what_authenticators_read(self, bureau_staff):
        asked = urlsplit(second_factor.address(bureau_staff, "ABCDEFGH"))
        assert (asked.scheme, asked.netloc, unquote(asked.path)) == (
            *("otpauth", "totp", "/银辉:bureau"),
        )
        assert parse_qs(asked.query) == {"secret": ["ABCDEFGH"], "issuer": ["银辉"]}

    def test_two_windows_set_up_one(self, client, bureau_staff):
        sign_in(client, "bureau")
        key = shown_key(client.get(NEW).content.decode())
        telephone_of(bureau_staff)
        answer = client.post(NEW, {"code": Telephone(key).code()})
        assert answer["Location"] == f"{STEP}?next=%2F"
        with pytest.raises(ValidationError, match="已经设好"):
            actions.set_up_second_factor(user=bureau_staff, key=key, code=Telephone(key).code())

    def test_key_and_codes_lie_nowhere_in_the_clear(self, bureau_staff):
        telephone, codes = telephone_of(bureau_staff)
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM core_authenticator")
            stored = cursor.fetchone()[0]
        key = Authenticator.objects.get().key
        assert telephone.key == Telephone(key).key
        assert key not in stored
        digests = set(SpareCode.objects.values_list("digest", flat=True))
        assert len(digests) == 10
        assert digests.isdisjoint(codes)
        assert key not in str(list(AuditEvent.objects.values()))


class TestCodes:
    """The second step of every sign-in after."""

    def test_a_code_of_the_telephone_opens(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        assert sign_in(client, "bureau", next="/runs/")["Location"] == "/runs/"
        assert client.get("/runs/")["Location"] == f"{STEP}?next=/runs/"
        page = client.get(f"{STEP}?next=/runs/").content.decode()
        assert 'autocomplete="one-time-code" inputmode="numeric"' in page
        typed = f" {telephone.code()[:3]} {telephone.code()[3:]}"
        before = client.session.session_key
        answer = client.post(STEP, {"code": typed, "next": "/runs/"})
        assert answer["Location"] == "/runs/"
        assert client.get("/runs/").status_code == 200
        assert client.session.session_key != before
        assert client.get(STEP)["Location"] == "/"
        assert acts()[-2:] == ["登录", "第二步验证通过"]

    def test_with_a_device_the_password_page_waits(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        User.objects.update(must_change_password=True, first_password_on=timezone.localdate())
        sign_in(client, "bureau")
        assert client.get(PASSWORD_PAGE)["Location"] == f"{STEP}?next=/password/"
        assert client.get(STEP).status_code == 200
        assert client.post(STEP, {"code": telephone.code()}).status_code == 302
        assert client.get("/runs/")["Location"] == PASSWORD_PAGE

    def test_a_code_is_taken_once(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        code = telephone.code()
        assert step_in(client, bureau_staff, code).status_code == 302
        answer = step_in(Client(), bureau_staff, code)
        assert "请照手机上现在的6位数字再填" in told(answer)

    def test_a_paper_code_is_taken_once_and_counted_down(self, client, bureau_staff):
        _, codes = telephone_of(bureau_staff)
        typed = f"{codes[0][:5]}-{codes[0][5:]}"
        sign_in(client, "bureau")
        answer = client.post(STEP, {"code": typed, "next": "/runs/"}, follow=True)
        assert "这个备用码用过了，请划掉。还剩9个。" in answer.content.decode()
        assert AuditEvent.objects.latest("pk").note == "用了备用码"
        assert "已经用过" in told(step_in(Client(), bureau_staff, codes[0]))

    def test_the_last_codes_are_told(self, client, bureau_staff):
        _, codes = telephone_of(bureau_staff)
        SpareCode.objects.exclude(
            digest=Authenticator.objects.get().spare_digest(codes[0])
        ).delete()
        sign_in(client, "bureau")
        answer = client.post(STEP, {"code": codes[0], "next": "/runs/"}, follow=True)
        assert "还剩0个。快用完了" in answer.content.decode()

    @pytest.mark.parametrize("typed", ["", "12345", "abcdef", "12345678901"])
    def test_what_is_no_code_is_no_try(self, client, bureau_staff, typed):
        telephone_of(bureau_staff)
        answer = step_in(client, bureau_staff, typed)
        assert told(answer)
        assert Authenticator.objects.get().throttling_failure_count == 0
        assert "第二步验证失败" not in acts()

    def test_wrong_ones_are_on_record_and_slow_down(self, client, bureau_staff, time_machine):
        telephone, _ = telephone_of(bureau_staff)
        sign_in(client, "bureau")
        for second, wait in ((0, "1秒"), (1, "2秒"), (3, "4秒")):
            time_machine.move_to(f"2026-11-22 10:01:{second:02d}+08:00", tick=False)
            page = client.post(STEP, {"code": telephone.wrong_code()})
            assert "请照手机上现在的6位数字再填" in told(page)
            assert "验证码没有留下来，请再填一遍。" in page.content.decode()
            assert f"请等{wait}再填" in told(client.post(STEP, {"code": telephone.code()}))
        assert acts().count("第二步验证失败") == 3
        assert not is_signed_in(client)
        time_machine.move_to("2026-11-22 10:01:08+08:00", tick=False)
        assert client.post(STEP, {"code": telephone.code()}).status_code == 302

    def test_a_long_wait_is_told_in_minutes(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        Authenticator.objects.update(
            throttling_failure_count=10, throttling_failure_timestamp=timezone.now()
        )
        assert "请等9分钟再填" in told(step_in(client, bureau_staff, telephone.code()))

    def test_the_wait_grows_no_longer_than_nine_minutes(self, client, bureau_staff, time_machine):
        telephone, _ = telephone_of(bureau_staff)
        Authenticator.objects.update(throttling_failure_count=40)
        step_in(client, bureau_staff, telephone.wrong_code())
        time_machine.move_to("2026-11-22 10:09+08:00", tick=False)
        assert client.post(STEP, {"code": telephone.code()}).status_code == 302

    def test_clocks_that_differ_a_little_are_understood(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        for step in (0, 1):
            assert step_in(Client(), bureau_staff, telephone.code(step)).status_code == 302
            assert Authenticator.objects.get().drift == step
        assert told(step_in(client, bureau_staff, telephone.code(4)))

    def test_every_sign_in_is_asked_again(self, client, bureau_staff):
        telephone, codes = telephone_of(bureau_staff)
        step_in(client, bureau_staff, telephone.code())
        client.post("/signout/")
        sign_in(client, "bureau")
        assert client.get("/runs/")["Location"] == f"{STEP}?next=/runs/"
        assert client.post(STEP, {"code": codes[3]}).status_code == 302
        assert client.get("/runs/").status_code == 200

    def test_never_to_another_site(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        answer = step_in(client, bureau_staff, telephone.code(), next="https://evil.example/")
        assert answer["Location"] == "/"

    def test_it_costs_no_query(self, client, bureau_staff, settings, django_assert_num_queries):
        telephone, _ = telephone_of(bureau_staff)
        step_in(client, bureau_staff, telephone.code())
        client.get("/runs/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/runs/")
        settings.SECOND_FACTOR = "off"
        with django_assert_num_queries(len(asked)):
            client.get("/runs/")
