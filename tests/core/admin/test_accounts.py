"""Accounts in the admin: opened, renewed, closed, searched for."""

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from core import actions, audit, signin
from core.models import Allowance, AuditEvent, User
from tests.core.admin.addresses import adding, changing, listing, page
from tests.factories.branches import make_user

pytestmark = pytest.mark.django_db


def act_on(user, key):
    return reverse(f"admin:account-{key}", args=[user.pk])


class TestAccounts:
    """Opened, renewed, closed, opened again."""

    NEW = {"username": "Wang.Li", "display_name": "王丽", "phone": "161 2345 6789"}

    def test_a_new_account_comes_with_a_card_shown_once(self, client_for, client, sysadmin):
        office = client_for(sysadmin)
        answer = office.post(adding("user"), self.NEW)
        card = answer.content.decode()
        assert "首次登录卡" in card
        password = answer.context["password"]
        assert password in card
        last = timezone.localdate() + dt.timedelta(days=30)
        assert f">{last.year}年{last.month}月{last.day}日</span>为止" in card
        assert "no-store" in answer["Cache-Control"]
        assert "没有任职，登录以后什么也看不到" in card
        appointing = f"{reverse('admin:branches_appointment_add')}?login=wang.li"
        assert f'<a href="{appointing}">安排任职</a>' in card
        assert 'value="wang.li"' in page(office, appointing)
        user = User.objects.get(username="wang.li")
        assert user.must_change_password
        assert password not in page(office, changing("user", user))
        assert password not in str(list(AuditEvent.objects.values()))
        signed = client.post("/signin/", {"username": "16123456789", "password": password})
        assert signed["Location"] == "/"
        assert client.get("/runs/1/")["Location"] == "/password/"

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"username": "ＷANG.LI"}, "已经有人用这个登录名"),
            ({"phone": "1612345 6789"}, "已经有人用这个手机号登录"),
            ({"display_name": ""}, "这一项还没有填"),
        ],
    )
    def test_what_is_taken_is_said_beside_the_field(self, client_for, sysadmin, fields, words):
        actions.create_account(by=sysadmin, **self.NEW)
        other = {"username": "zhao", "display_name": "赵", "phone": ""} | fields
        answer = client_for(sysadmin).post(adding("user"), other)
        assert words in answer.content.decode()
        assert User.objects.filter(display_name__in=("王丽", "赵")).count() == 1

    def test_changing_a_telephone_is_on_record_without_it(self, client_for, sysadmin):
        user, _ = actions.create_account(by=sysadmin, **self.NEW)
        change = {"display_name": "王丽", "phone": "16100000009"}
        client_for(sysadmin).post(changing("user", user), change)
        user.refresh_from_db()
        assert (user.username, user.phone) == ("wang.li", "16100000009")
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.after) == ("修改用户", {"phone": audit.CHANGED})

    def test_the_form_masks_the_telephone_and_keeps_it_when_blank(self, client_for, sysadmin):
        user, _ = actions.create_account(by=sysadmin, **self.NEW)
        office = client_for(sysadmin)
        shown = page(office, changing("user", user))
        assert "现在：161****6789" in shown
        assert "16123456789" not in shown
        for typed, kept in (("", "16123456789"), ("无", "")):
            office.post(changing("user", user), {"display_name": "王丽", "phone": typed})
            user.refresh_from_db()
            assert user.phone == kept
        for typed in ("abc", "138000"):
            answer = office.post(changing("user", user), {"display_name": "王丽", "phone": typed})
            assert "请填11位手机号" in answer.content.decode()

    def test_the_list_masks_telephones(self, client_for, sysadmin):
        actions.create_account(by=sysadmin, **self.NEW)
        shown = page(client_for(sysadmin), listing("user"))
        assert "161****6789" in shown
        assert "16123456789" not in shown

    def test_a_new_first_password_ends_sessions_and_forgets_wrong_tries(
        self, client_for, client, sysadmin, secretary
    ):
        secretary_client = client_for(secretary)
        for _ in range(5):
            client.post("/signin/", {"username": "secretary", "password": "wrong"})
        answer = client_for(sysadmin).post(act_on(secretary, "renew"))
        assert "安排任职" not in answer.content.decode()
        assert secretary_client.get("/password/").status_code == 302
        assert not Allowance.objects.filter(key=f"u:{secretary.pk}").exists()
        given = {"username": "secretary", "password": answer.context["password"]}
        assert client.post("/signin/", given).status_code == 302
        assert signin.user_of(f"u:{secretary.pk}") == secretary

    def test_closing_and_opening_again(self, client_for, sysadmin, secretary):
        office, theirs = client_for(sysadmin), client_for(secretary)
        assert "停用后立即退出" in page(office, act_on(secretary, "close"))
        office.post(act_on(secretary, "close"), {"reason": ""})
        assert theirs.get("/password/").status_code == 200
        office.post(act_on(secretary, "close"), {"reason": "调离"})
        assert theirs.get("/password/").status_code == 302
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.note, event.after) == ("停用账号", "调离", {"is_active": False})
        offered = page(office, changing("user", secretary))
        assert (act_on(secretary, "renew") in offered, act_on(secretary, "reopen") in offered) == (
            *(False, True),
        )
        for key, said in (("renew", "已停用"), ("close", "已经停用，不用再办")):
            refused = office.post(act_on(secretary, key), {"reason": "再点一次"})
            assert said in refused.content.decode()
        office.post(act_on(secretary, "reopen"), {"reason": "返岗"})
        secretary.refresh_from_db()
        assert secretary.is_active

    def test_nobody_closes_his_own_account(self, client_for, sysadmin):
        answer = client_for(sysadmin).post(act_on(sysadmin, "close"), {"reason": "误点"})
        assert "不能停用自己的账号" in answer.content.decode()

    def test_nobody_renews_his_own_password_without_the_old_one(self, client_for, sysadmin):
        answer = client_for(sysadmin).post(act_on(sysadmin, "renew"), {})
        assert "自己的密码请点“修改密码”来改。" in answer.content.decode()
        assert not AuditEvent.objects.filter(act="重发首次密码").exists()

    def test_a_closed_account_gets_no_password(self, sysadmin, secretary):
        User.objects.filter(pk=secretary.pk).update(is_active=False)
        with pytest.raises(ValidationError, match="已停用"):
            actions.renew_password(by=sysadmin, user=secretary)

    def test_who_comes_second_is_judged_by_what_the_first_did(self, sysadmin, secretary):
        opened = User.objects.get(pk=secretary.pk)
        actions.close_account(by=sysadmin, user=secretary, reason="调离")
        with pytest.raises(ValidationError, match="已经停用，不用再办"):
            actions.close_account(by=sysadmin, user=opened, reason="再点一次")
        assert AuditEvent.objects.filter(act="停用账号").count() == 1

    def test_the_first_administrator_is_out_of_reach(self, client_for, sysadmin, superuser):
        office = client_for(sysadmin)
        assert office.get(act_on(superuser, "renew")).status_code == 404
        assert superuser.username not in page(office, listing("user"))
        for refused in (
            lambda: actions.renew_password(by=sysadmin, user=superuser),
            lambda: actions.close_account(by=sysadmin, user=superuser, reason="试"),
            lambda: actions.reopen_account(by=sysadmin, user=superuser, reason="试"),
        ):
            with pytest.raises(PermissionDenied):
                refused()

    def test_a_reason_typed_after_the_session_ended_is_not_lost(
        self, client_for, sysadmin, secretary
    ):
        office = client_for(sysadmin)
        opened = page(office, act_on(secretary, "close"))
        owner = re.search(r'name="form_owner" value="([^"]+)"', opened)
        office.logout()
        office.post(act_on(secretary, "close"), {"reason": "调离本岗位", "form_owner": owner[1]})
        again = client_for(sysadmin)
        assert "调离本岗位" in page(again, act_on(secretary, "close"))

    @pytest.mark.parametrize("role", ["auditor", "bureau_staff"])
    def test_others_do_not_touch_accounts(self, client_for, secretary, role, request):
        client = client_for(request.getfixturevalue(role))
        assert client.post(act_on(secretary, "renew")).status_code == 403
        assert Session.objects.exists()


class TestSearchingAccounts:
    """By sign-in name, by name, by whole telephone; within what the reader may see."""

    @pytest.fixture
    def found(self, client_for, superuser):
        make_user("zhao01", display_name="赵一心", phone="16112345678")
        make_user("qian02", display_name="钱一心")

        def search(user, typed, **kept):
            client = client_for(user)
            answer = client.post(reverse("admin:account-search"), {"q": typed, **kept})
            assert (answer.status_code, typed in answer["Location"]) == (302, False)
            shown = client.get(answer["Location"])
            assert f'value="{typed}"' in shown.content.decode()
            return [row.username for row in shown.context["cl"].result_list]

        return search

    @pytest.mark.parametrize(
        ("typed", "names"),
        [
            ("zhao01", ["zhao01"]),
            ("赵一心", ["zhao01"]),
            ("一心", ["qian02", "zhao01"]),
            ("16112345678", ["zhao01"]),
            ("１６１ 1234 5678", ["zhao01"]),
            ("1611234567", []),
            ("孙", []),
        ],
    )
    def test_ways_to_search(self, found, sysadmin, typed, names):
        assert found(sysadmin, typed) == names

    def test_filters_stay(self, found, sysadmin):
        User.objects.filter(username="qian02").update(is_active=False)
        assert found(sysadmin, "一心", is_active__exact="1") == ["zhao01"]

    def test_the_first_administrator_is_found_by_himself_only(self, found, sysadmin, superuser):
        assert found(sysadmin, "首任管理员") == []
        assert found(superuser, "首任管理员") == ["root"]

    def test_who_has_no_accounts_searches_none(self, client_for, bureau_staff, outsider, member):
        asked = reverse("admin:account-search"), {"q": "一心"}
        statuses = [client_for(user).post(*asked).status_code for user in (bureau_staff, outsider)]
        assert statuses == [403, 403]
        assert client_for(member).post(*asked).status_code == 404

    def test_hidden_columns_are_not_asked(self, client_for, sysadmin):
        client = client_for(sysadmin)
        assert client.get(listing("user") + "?password__startswith=argon2").status_code == 400
        assert client.get(listing("user") + "?phone_index__gt=a").status_code == 400
