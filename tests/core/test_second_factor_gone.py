"""The second factor and the rest of an account: taken away, closed, renewed; forms that wait for it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core import actions
from core.models import AuditEvent, Authenticator, FormDraft, SpareCode
from tests.core.admin.addresses import changing, page
from tests.core.kept_forms import FILLED, PAGE, hidden
from tests.core.second_steps import NEW, STEP, step_in, telephone_of
from tests.core.signing_in import PASSWORD, is_signed_in, sign_in
from tests.harness.keys import other_key_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office(settings, time_machine):
    """Ask office posts, as production does; the clock stands still, for codes change."""
    settings.SECOND_FACTOR = "office"
    time_machine.move_to("2026-11-22 10:00+08:00", tick=False)


def taking_from(user):
    return reverse("admin:account-second-factor", args=[user.pk])


@pytest.fixture
def office(sysadmin):
    """The system administrator, signed in with both factors."""
    client = Client()
    telephone, _ = telephone_of(sysadmin)
    step_in(client, sysadmin, telephone.code())
    return client


class TestTakenAway:
    """A lost telephone: the administrator takes the authenticator away, with a reason."""

    def test_sessions_end_and_he_begins_anew(self, client, office, bureau_staff):
        telephone, codes = telephone_of(bureau_staff)
        step_in(client, bureau_staff, telephone.code())
        assert taking_from(bureau_staff) in page(office, changing("user", bureau_staff))
        assert "请先当面或打电话核实是本人" in page(office, taking_from(bureau_staff))
        assert office.post(taking_from(bureau_staff), {"reason": ""}).status_code == 200
        assert is_signed_in(client)
        office.post(taking_from(bureau_staff), {"reason": "手机丢了"})
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.note, event.object_id) == (
            "取消第二步验证",
            "手机丢了",
            str(bureau_staff.pk),
        )
        assert client.get("/runs/")["Location"] == "/signin/?next=/runs/"
        assert SpareCode.objects.filter(authenticator__user=bureau_staff).count() == 0
        sign_in(client, "bureau")
        assert client.get("/runs/")["Location"] == f"{NEW}?next=/runs/"
        assert client.post(STEP, {"code": codes[0]})["Location"] == f"{NEW}?next=%2F"
        assert taking_from(bureau_staff) not in page(office, changing("user", bureau_staff))
        refused = office.post(taking_from(bureau_staff), {"reason": "再点一次"})
        assert "没有设第二步验证，不用取消" in refused.content.decode()

    def test_it_ends_sessions_also_when_another_was_set_up_since(self, client, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        step_in(client, bureau_staff, telephone.code())
        Authenticator.objects.all().delete()
        telephone_of(bureau_staff)
        assert not is_signed_in(client)

    def test_a_code_sent_just_then_opens_nothing_and_he_sets_up_anew(
        self, client, bureau_staff, monkeypatch
    ):
        telephone, _ = telephone_of(bureau_staff)
        sign_in(client, "bureau")
        try_code = actions.try_second_factor

        def too_late(**given):
            Authenticator.objects.all().delete()
            return try_code(**given)

        monkeypatch.setattr(actions, "try_second_factor", too_late)
        assert client.post(STEP, {"code": telephone.code()}).status_code == 200
        assert client.get("/runs/")["Location"] == f"{NEW}?next=/runs/"

    def test_the_first_administrator_is_out_of_reach(self, sysadmin, superuser):
        telephone_of(superuser)
        with pytest.raises(PermissionDenied):
            actions.remove_second_factor(by=sysadmin, user=superuser, reason="试")
        assert Authenticator.objects.count() == 1

    def test_the_machine_itself_lets_the_first_administrator_in_again(self, superuser, capsys):
        telephone_of(superuser)
        call_command("remove_second_factor", "root", reason="手机丢了")
        assert "已取消首任管理员的第二步验证" in capsys.readouterr().out
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.by_name, event.note) == ("取消第二步验证", "系统", "手机丢了")
        with pytest.raises(CommandError, match="没有设第二步验证"):
            call_command("remove_second_factor", "root", reason="手机丢了")
        with pytest.raises(CommandError, match="没有登录名为 nobody 的用户"):
            call_command("remove_second_factor", "nobody", reason="手机丢了")

    def test_a_session_left_open_takes_nobody_out_of_his_account(self, office, sysadmin):
        refused = office.post(taking_from(sysadmin), {"reason": "试"})
        assert "自己的第二步验证，请另一位管理员来取消。" in refused.content.decode()
        assert Authenticator.objects.filter(user=sysadmin).exists()

    def test_nothing_is_taken_where_nothing_is(self, sysadmin, bureau_staff):
        with pytest.raises(ValidationError, match="不用取消"):
            actions.remove_second_factor(by=sysadmin, user=bureau_staff, reason="试")

    def test_closing_and_renewing_leave_it(self, client, sysadmin, bureau_staff):
        telephone, _ = telephone_of(bureau_staff)
        actions.close_account(by=sysadmin, user=bureau_staff, reason="借调")
        actions.reopen_account(by=sysadmin, user=bureau_staff, reason="回来")
        password = actions.renew_password(by=sysadmin, user=bureau_staff)
        sign_in(client, "bureau", password)
        assert client.post(STEP, {"code": telephone.code()}).status_code == 302
        assert client.get("/runs/")["Location"] == "/password/"

    def test_who_leaves_the_office_is_not_asked(self, client, bureau_staff):
        telephone_of(bureau_staff)
        bureau_staff.appointments.all().delete()
        sign_in(client, "bureau")
        assert client.get("/runs/").status_code == 200
        assert client.get(STEP).status_code == 404

    def test_without_the_key_file_only_paper_opens(self, client, bureau_staff, tmp_path):
        telephone, codes = telephone_of(bureau_staff)
        with other_key_file(tmp_path / "none.json"):
            assert step_in(client, bureau_staff, telephone.code()).status_code == 200
            Authenticator.objects.update(throttling_failure_count=0)
            assert client.post(STEP, {"code": codes[0]}).status_code == 302


@pytest.mark.urls("tests.core.kept_form_urls")
class TestKeptForms:
    """A form that was under way arrives after both steps."""

    @pytest.fixture
    def browser(self):
        """A browser that must show its CSRF token, as real ones do."""
        return Client(enforce_csrf_checks=True)

    def fill(self, browser, address):
        """Return the token of the page at ADDRESS."""
        return {
            "csrfmiddlewaretoken": hidden(
                browser.get(address).content.decode(), "csrfmiddlewaretoken"
            )
        }

    def test_it_goes_through_both_steps(self, browser, bureau_staff):
        telephone, codes = telephone_of(bureau_staff)
        self.come_in(browser, telephone.code())
        form = browser.get(PAGE).content.decode()
        sent = FILLED | {name: hidden(form, name) for name in ("csrfmiddlewaretoken", "form_owner")}
        del browser.cookies["sid"]
        assert browser.post(PAGE, sent)["Location"].startswith("/signin/?kept=1&next=/log/")
        answer = self.come_in(browser, codes[0])
        assert answer["Location"] == PAGE
        assert 'value="重阳节主题党日"' in browser.get(PAGE).content.decode()
        assert FormDraft.objects.count() == 1

    def test_one_sent_before_the_second_step_is_kept_too(self, browser, bureau_staff, settings):
        settings.SECOND_FACTOR = "off"
        given = {"username": "bureau", "password": PASSWORD} | self.fill(browser, "/signin/")
        browser.post("/signin/", given)
        form = browser.get(PAGE).content.decode()
        sent = FILLED | {name: hidden(form, name) for name in ("csrfmiddlewaretoken", "form_owner")}
        settings.SECOND_FACTOR = "office"
        telephone, _ = telephone_of(bureau_staff)
        led = browser.post(PAGE, sent)["Location"]
        assert led == f"{STEP}?kept=1&next=/log/%3Fm%3D2026-11"
        assert "填过的内容都还在" in browser.get(led).content.decode()
        code = {"code": telephone.code(), "next": PAGE} | self.fill(browser, led)
        assert browser.post(led, code)["Location"] == PAGE
        assert 'value="重阳节主题党日"' in browser.get(PAGE).content.decode()

    def come_in(self, browser, code):
        given = {"username": "bureau", "password": PASSWORD, "next": PAGE}
        landed = browser.post("/signin/", given | self.fill(browser, "/signin/"))["Location"]
        step = browser.get(landed)["Location"]
        return browser.post(step, {"code": code, "next": PAGE} | self.fill(browser, step))
