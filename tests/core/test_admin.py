"""The admin of accounts, basic tables, the trail and runs."""

import datetime as dt
import re

import pytest
from django.apps import apps as django_apps
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment
from core import actions, audit, signin
from core.enums import RunState
from core.models import Allowance, AuditEvent, BackgroundRun, Code, Kind, RuleParameter, User
from core.parameters import parameter
from core.runs import engine, nightly, start_run
from core.tiles import failed_runs
from tests.factories.branches import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "银辉-测试-2026"


def listing(noun):
    return reverse(f"admin:core_{noun}_changelist")


def adding(noun):
    return reverse(f"admin:core_{noun}_add")


def changing(noun, row):
    return reverse(f"admin:core_{noun}_change", args=[row.pk])


def act_on(user, key):
    return reverse("admin:account-act", args=[user.pk, key])


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


NOUNS = ("user", "code", "kind", "ruleparameter", "auditevent", "backgroundrun")


class TestWhoEnters:
    """Verbs by role."""

    @pytest.mark.parametrize(
        ("role", "open_nouns"),
        [
            ("sysadmin", {"user", "code", "kind", "ruleparameter", "backgroundrun"}),
            ("auditor", {"auditevent", "backgroundrun"}),
            ("bureau_staff", {"auditevent", "backgroundrun"}),
            ("street_staff", {"auditevent", "backgroundrun"}),
            ("superuser", set(NOUNS)),
            ("secretary", set()),
            ("member", set()),
        ],
    )
    def test_each_role_opens_its_own(self, client_for, role, open_nouns, request):
        client = client_for(request.getfixturevalue(role))
        opened = {noun for noun in NOUNS if client.get(listing(noun)).status_code == 200}
        assert opened == open_nouns

    @pytest.mark.parametrize("noun", ["user", "code", "kind", "ruleparameter"])
    def test_nothing_is_deleted(self, client_for, superuser, noun):
        model = django_apps.get_model("core", noun)
        row = model._default_manager.first()
        address = reverse(f"admin:core_{noun}_delete", args=[row.pk])
        assert client_for(superuser).post(address, {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()

    @pytest.mark.parametrize("noun", NOUNS)
    @pytest.mark.parametrize("count", [1, 3])
    def test_lists_ask_a_constant_number_of_queries(
        self, client_for, superuser, noun, count, django_assert_max_num_queries
    ):
        for number in range(count):
            user = make_user()
            audit.record(by=user, act="试", label="对象")
            start_run(by=user, kind="x", key=f"x{number}")
        client = client_for(superuser)
        with django_assert_max_num_queries(12):
            client.get(listing(noun))


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
        assert "no-store" in answer["Cache-Control"]
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
        answer = office.post(changing("user", user), {"display_name": "王丽", "phone": "abc"})
        assert "手机号只能是数字" in answer.content.decode()

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
        assert office.get(act_on(secretary, "renew")).status_code == 302, "closed: nothing to renew"
        office.post(act_on(secretary, "reopen"), {"reason": "返岗"})
        secretary.refresh_from_db()
        assert secretary.is_active

    def test_nobody_closes_his_own_account(self, client_for, sysadmin):
        answer = client_for(sysadmin).post(act_on(sysadmin, "close"), {"reason": "误点"})
        assert "不能停用自己的账号" in answer.content.decode()

    def test_a_closed_account_gets_no_password(self, sysadmin, secretary):
        secretary.is_active = False
        with pytest.raises(ValidationError, match="已停用"):
            actions.renew_password(by=sysadmin, user=secretary)

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

    @pytest.mark.parametrize("role", ["auditor", "bureau_staff"])
    def test_others_do_not_touch_accounts(self, client_for, secretary, role, request):
        client = client_for(request.getfixturevalue(role))
        assert client.post(act_on(secretary, "renew")).status_code == 403
        assert Session.objects.exists()

    def test_an_unknown_act_leads_back(self, client_for, sysadmin, secretary):
        answer = client_for(sysadmin).get(act_on(secretary, "nonsense"))
        assert answer["Location"] == changing("user", secretary)


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


class TestTables:
    """Codes, kinds, thresholds."""

    def test_a_code_keeps_its_number_and_takes_aliases(self, client_for, sysadmin):
        code = Code.objects.get(table="ethnicity", code="01")
        shown = page(client_for(sysadmin), changing("code", code))
        assert 'value="汉"' in shown
        fields = {
            "name": "汉族",
            "aliases": "汉，汉人、 华夏 ",
            "position": 0,
            "source": "GB/T 3304-1991",
            "valid_from": "1992-04-01",
            "is_active": "on",
            "table": "gender",
            "code": "99",
        }
        client_for(sysadmin).post(changing("code", code), fields)
        code.refresh_from_db()
        assert (code.table, code.code, code.aliases) == ("ethnicity", "01", ["汉", "汉人", "华夏"])
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.before["aliases"], event.by) == ("修改代码", ["汉"], sysadmin)

    @pytest.mark.parametrize("table", ["gender", "person_kind", "member_kind"])
    def test_a_table_that_rules_know_by_heart_takes_aliases_only(self, client_for, sysadmin, table):
        office, number = client_for(sysadmin), Code.objects.filter(table=table).count()
        fields = {"table": table, "code": "F", "name": "聘用", "position": 9, "is_active": "on"}
        answer = office.post(adding("code"), fields | {"aliases": "聘"})
        assert list(answer.context["adminform"].form.errors) == ["table"]
        code = Code.objects.filter(table=table)[0]
        office.post(changing("code", code), {"name": "别的", "aliases": "甲、乙"})
        stored = Code.objects.get(pk=code.pk)
        assert (stored.name, stored.is_active) == (code.name, True)
        assert stored.aliases == ["甲", "乙"]
        assert Code.objects.filter(table=table).count() == number

    def test_a_new_kind_is_a_new_row(self, client_for, sysadmin):
        fields = {
            "engine": "activity",
            "key": "activity.reading",
            "name": "读书会",
            "settings": '{"monthly": false}',
            "position": 9,
            "source": "局务会",
            "is_active": "on",
        }
        office = client_for(sysadmin)
        answer = office.post(adding("kind"), fields | {"key": "reading"})
        assert "标识要以“activity.”开头" in answer.content.decode()
        theme_day = Kind.objects.get(key="activity.theme_day")
        assert "&quot;monthly&quot;: true,\n" in page(office, changing("kind", theme_day))
        answer = office.post(adding("kind"), fields | {"settings": "{monthly"})
        assert answer.status_code == 200
        said = office.post(adding("kind"), fields, follow=True).content.decode()
        assert re.search(r"类别“<a [^>]*>读书会</a>”已新增。", said)
        assert Kind.objects.get(key="activity.reading").settings == {"monthly": False}
        assert AuditEvent.objects.latest("pk").act == "新增类别"

    @pytest.fixture
    def limit(self):
        return RuleParameter.objects.get(key="affiliation.max_links")

    def change(self, client, row, **fields):
        given = {
            "value": "3",
            "area_code": "",
            "valid_from": "2026-12-01",
            "source": "局文",
            "note": "",
        }
        return client.post(changing("ruleparameter", row), given | fields)

    def test_a_changed_threshold_begins_on_its_day(self, client_for, sysadmin, limit):
        self.change(client_for(sysadmin), limit)
        assert parameter("affiliation.max_links", on=dt.date(2026, 11, 30)) == 2
        assert parameter("affiliation.max_links", on=dt.date(2026, 12, 1)) == 3
        event = AuditEvent.objects.latest("pk")
        assert (event.act, event.before["value"], event.after["value"]) == (
            "修改规则参数",
            "2",
            "3",
        )

    def test_one_district_may_differ(self, client_for, sysadmin, limit):
        self.change(client_for(sysadmin), limit, value="", area_code="990101")
        day = dt.date(2026, 12, 1)
        assert parameter("affiliation.max_links", on=day, area_code="990101001") is None
        assert parameter("affiliation.max_links", on=day, area_code="990202001") == 2

    def test_the_same_day_is_a_correction(self, client_for, sysadmin, limit):
        self.change(client_for(sysadmin), limit)
        row = RuleParameter.objects.get(key=limit.key, valid_from=dt.date(2026, 12, 1))
        self.change(client_for(sysadmin), row, value="4")
        assert RuleParameter.objects.filter(key=limit.key).count() == 2
        row.refresh_from_db()
        assert row.value == "4"

    @pytest.mark.parametrize("value", ["三", "2.5", "１２a", "-1", "NaN"])
    def test_a_value_the_rules_cannot_read_is_refused(self, client_for, sysadmin, limit, value):
        answer = self.change(client_for(sysadmin), limit, value=value)
        assert "这里要填0到99的整数，或者留空表示不限" in answer.content.decode()
        assert RuleParameter.objects.filter(key=limit.key).count() == 1

    @pytest.mark.parametrize(
        ("key", "value", "expected"),
        [
            ("member.join_age_min", "", "这里要填0到2999的整数，不能留空。"),
            ("member.veteran_work_before", "1949年9月30日", "日期，写成1949-09-30的样子"),
            ("roster.keep_days", "0", "这里要填1到3650的整数，不能留空。"),
            ("theme.day", "31", "这里要填1到28的整数，或者留空表示不限。"),
        ],
    )
    def test_what_would_stop_a_page_is_refused(self, client_for, sysadmin, key, value, expected):
        standing = RuleParameter.objects.get(key=key)
        answer = self.change(client_for(sysadmin), standing, value=value)
        assert expected in answer.content.decode()
        assert RuleParameter.objects.filter(key=key).count() == 1

    @pytest.mark.parametrize("settings", ['{"a": NaN}', '{"a": 1e999}', "[" * 3000, "[1]", '"x"'])
    def test_settings_no_database_keeps_are_refused(self, client_for, sysadmin, settings):
        kind = Kind.objects.get(key="activity.theme_day")
        fields = {"name": kind.name, "settings": settings, "position": 1, "source": "局务会"}
        answer = client_for(sysadmin).post(changing("kind", kind), fields)
        assert answer.status_code == 200
        assert Kind.objects.get(pk=kind.pk).settings == kind.settings

    def test_an_area_code_is_one(self, client_for, sysadmin, limit):
        answer = self.change(client_for(sysadmin), limit, area_code="青澜区")
        assert "区县6位" in answer.content.decode()

    def test_a_threshold_that_no_rule_reads_says_so(self, client_for, sysadmin):
        waiting = RuleParameter.objects.get(key="dues.low_limit")
        assert "还没有功能按它办事" in page(
            client_for(sysadmin), changing("ruleparameter", waiting)
        )

    @pytest.mark.parametrize(
        ("key", "settings", "expected"),
        [
            ("affiliation.community", "", "“code”要填以下之一"),
            (
                "activity.theme_day",
                '{"edit_days_after": "三"}',
                "“edit_days_after”要填0到366的整数",
            ),
            ("branch.branch", '{"rank": true}', "“rank”要填1到9的整数"),
            ("branch.temp_branch", '{"expects": "HOME"}', "“expects”要填一组"),
        ],
    )
    def test_settings_the_rules_cannot_read_are_refused(
        self, client_for, sysadmin, key, settings, expected
    ):
        kind = Kind.objects.get(key=key)
        fields = {"name": kind.name, "settings": settings, "position": 1, "source": "局务会"}
        answer = client_for(sysadmin).post(changing("kind", kind), fields)
        assert expected in answer.content.decode()
        assert Kind.objects.get(key=key).settings == kind.settings

    def test_thresholds_are_not_invented_in_the_admin(self, client_for, superuser):
        assert client_for(superuser).get(adding("ruleparameter")).status_code == 403

    def test_the_form_proposes_today(self, client_for, sysadmin, limit, time_machine):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        assert 'value="2026/11/22"' in page(client_for(sysadmin), changing("ruleparameter", limit))


class TestTrailPages:
    """The trail as a list."""

    def test_a_bureau_reads_its_own_territory(self, client_for, bureau_staff, outsider, branch):
        audit.record(by=bureau_staff, act="试一试", instance=branch)
        assert "试一试" in page(client_for(bureau_staff), listing("auditevent"))
        assert "试一试" not in page(client_for(outsider), listing("auditevent"))

    def test_a_row_shows_what_changed_in_words(self, client_for, auditor, secretary):
        before = audit.snapshot(secretary)
        secretary.display_name = "<b>陆</b>"
        event = audit.record(
            by=auditor, act="试", instance=secretary, before=before, after=audit.snapshot(secretary)
        )
        shown = page(client_for(auditor), changing("auditevent", event))
        assert "姓名：陆德贤 → &lt;b&gt;陆&lt;/b&gt;" in shown
        plain = audit.record(by=auditor, act="试", label="x", after={"rows": 5})
        assert "rows：— → 5" in page(client_for(auditor), changing("auditevent", plain))

    def test_a_row_says_choices_truths_and_nouns_as_people_do(self, client_for, auditor, secretary):
        post = Appointment.objects.get(user=secretary)
        event = audit.record(by=auditor, act="试", instance=post, after=audit.snapshot(post))
        shown = page(client_for(auditor), changing("auditevent", event))
        assert "角色：— → 支部书记" in shown
        assert f"编号：— → {post.pk}" in shown
        assert '<div class="readonly">任职</div>' in shown
        closed = {"is_active": False}
        event = audit.record(by=auditor, act="试", instance=secretary, after=closed)
        assert "启用：— → 否" in page(client_for(auditor), changing("auditevent", event))

    def test_nobody_changes_or_deletes_a_row(self, client_for, superuser):
        event = audit.record(by=superuser, act="试")
        client = client_for(superuser)
        assert client.post(changing("auditevent", event), {"act": "x"}).status_code == 403
        address = reverse("admin:core_auditevent_delete", args=[event.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
        assert client.get(adding("auditevent")).status_code == 403

    def test_periods_count_whole_days(self, client_for, auditor, time_machine):
        time_machine.move_to("2026-11-21 23:59+08:00", tick=False)
        audit.record(by=auditor, act="昨天的事")
        time_machine.move_to("2026-11-22 00:01+08:00", tick=False)
        audit.record(by=auditor, act="今天的事")
        client = client_for(auditor)
        today = page(client, listing("auditevent") + "?days=1")
        assert ("今天的事" in today, "昨天的事" in today) == (True, False)
        assert "昨天的事" in page(client, listing("auditevent") + "?days=7")
        assert "昨天的事" in page(client, listing("auditevent") + "?days=nonsense")


class TestRunPages:
    """One's own runs."""

    def test_only_ones_own(self, client_for, bureau_staff, outsider):
        run = start_run(by=bureau_staff, kind="no.such.kind", key="mine")
        BackgroundRun.objects.update(done=3, total=9)
        shown = page(client_for(bureau_staff), listing("backgroundrun"))
        assert "3 / 9" in shown
        assert reverse("run", args=[run.pk]) in shown
        assert "no.such.kind" not in page(client_for(outsider), listing("backgroundrun"))
        assert client_for(outsider).get(changing("backgroundrun", run)).status_code in {302, 404}
        assert "3 / 9" in page(client_for(bureau_staff), changing("backgroundrun", run))

    def test_work_that_failed_stands_on_the_front_page(
        self, client_for, sysadmin, auditor, bureau_staff, time_machine
    ):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        swept = start_run(by=None, kind="nightly.sweep_files", key="n")
        old = start_run(by=None, kind="nightly.sweep_files", key="o")
        mine = start_run(by=bureau_staff, kind="no.such.kind", key="m")
        ended = {"state": RunState.FAILED, "error": "断电"}
        BackgroundRun.objects.update(finished_at=timezone.now(), **ended)
        BackgroundRun.objects.filter(pk=old.pk).update(finished_at="2026-11-14T10:00+08:00")
        for user, seen in ((sysadmin, swept), (auditor, swept), (bureau_staff, mine)):
            (tile,) = failed_runs(user)
            assert (tile.label, tile.count) == ("后台工作没有做完", 1)
            rows = client_for(user).get(tile.url).context["cl"].queryset
            assert list(rows) == [seen]
        assert client_for(sysadmin).get(reverse("run", args=[swept.pk])).status_code == 200
        assert client_for(sysadmin).get(reverse("run", args=[mine.pk])).status_code == 404

    def test_failed_nightly_work_says_what_to_do_and_can_be_done_again(
        self, client_for, sysadmin, runners
    ):
        @nightly("nightly.breaks", name="夜间清理")
        def breaks(run, progress):
            raise OSError(f"no space left on {run.pk}")

        run = start_run(by=None, kind="nightly.breaks", key="n")
        for _ in range(engine.MAX_ATTEMPTS):
            engine.attend(run.pk)
        client = client_for(sysadmin)
        (tile,) = failed_runs(sysadmin)
        for shown in (page(client, tile.url), page(client, reverse("run", args=[run.pk]))):
            assert "夜间清理" in shown
            assert "按“接着再试一次”；还是不行，请打求助电话" in shown
            assert "no space" not in shown
        nightly("nightly.breaks", name="夜间清理")(lambda run, progress: {})
        assert client.post(reverse("run-retry", args=[run.pk])).status_code == 302
        engine.attend(run.pk)
        assert failed_runs(sysadmin) == []

    def test_work_that_no_longer_exists_is_named_in_chinese(self, client_for, bureau_staff):
        run = start_run(by=bureau_staff, kind="no.such.kind", key="gone")
        engine.attend(run.pk)
        shown = page(client_for(bureau_staff), reverse("run", args=[run.pk]))
        assert "系统里已经没有的工作：没有做完" in shown
        assert "no.such.kind" not in shown
        assert "不用再试。请打求助电话" in shown

    def test_nothing_failed_is_no_tile(self, sysadmin, member):
        assert failed_runs(sysadmin) == failed_runs(member) == []
