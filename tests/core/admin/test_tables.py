"""Codes, kinds and thresholds in the admin."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from core.models import AuditEvent, Code, Kind, RuleParameter
from core.parameters import parameter
from tests.core.admin.addresses import adding, changing, page

pytestmark = pytest.mark.django_db


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

    def test_a_division_is_added_by_its_six_digits(self, client_for, sysadmin):
        office, number = client_for(sysadmin), "659012"
        fields = {"table": "territory", "name": "白杨市", "position": 0, "is_active": "on"}
        refused = office.post(adding("code"), fields | {"code": f"{number}000000"})
        assert refused.context["adminform"].form.errors == {
            "code": ["这张表里的代码是6位数字，如 320614。请改成6位。"]
        }
        assert office.post(adding("code"), fields | {"code": number}).status_code == 302
        assert Code.objects.get(code=number).name == "白杨市"

    def test_a_new_kind_is_a_new_row(self, client_for, sysadmin):
        fields = {
            "engine": "activity",
            "key": "activity.reading",
            "name": "读书会",
            "activity_edit_days_after": "2",
            "activity_required": ["topic"],
            "position": 9,
            "source": "局务会",
            "is_active": "on",
        }
        office = client_for(sysadmin)
        answer = office.post(adding("kind"), fields | {"key": "reading"})
        assert "标识要以“activity.”开头" in answer.content.decode()
        answer = office.post(adding("kind"), fields | {"activity_edit_days_after": "两天"})
        assert answer.context["adminform"].form.errors.keys() == {"activity_edit_days_after"}
        said = office.post(adding("kind"), fields, follow=True).content.decode()
        assert re.search(r"类别“<a [^>]*>读书会</a>”已新增。", said)
        assert Kind.objects.get(key="activity.reading").settings == {
            "edit_days_after": 2,
            "required": ["topic"],
        }
        assert AuditEvent.objects.latest("pk").act == "新增类别"

    def test_kinds_are_listed_by_their_names_and_explain_their_key_where_it_stands(
        self, client_for, sysadmin
    ):
        office, theme_day = client_for(sysadmin), Kind.objects.get(key="activity.theme_day")
        listed = page(office, reverse("admin:core_kind_changelist"))
        assert ("主题党日" in listed, theme_day.key in listed) == (True, False)
        shown = page(office, changing("kind", theme_day))
        assert (theme_day.key in shown, "程序认这个类别用的代号" in shown) == (True, True)

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

    def test_an_area_code_is_one(self, client_for, sysadmin, limit):
        answer = self.change(client_for(sysadmin), limit, area_code="青澜区")
        assert "区县6位" in answer.content.decode()

    def test_a_number_of_months_is_not_read_as_a_month(self, client_for, sysadmin):
        term = RuleParameter.objects.get(key="affiliation.gap_activity_months")
        assert (term.unit, term.shown) == ("月", "6个月")
        listed = page(client_for(sysadmin), reverse("admin:core_ruleparameter_changelist"))
        assert "6个月" in listed

    def test_a_threshold_that_no_rule_reads_says_so(self, client_for, sysadmin):
        waiting = RuleParameter.objects.get(key="dues.low_limit")
        assert "还没有功能按它办事" in page(
            client_for(sysadmin), changing("ruleparameter", waiting)
        )

    def test_settings_are_asked_in_words_and_those_unread_stay(self, client_for, sysadmin):
        kind = Kind.objects.get(key="branch.temp_branch")
        unread = {name: kind.settings[name] for name in ("elects", "max_months_key")}
        office, address = client_for(sysadmin), changing("kind", kind)
        shown = page(office, address)
        for word in ("层级", "可以有党员", "统计时算作", "临时党组织", "活动应到会的人", "隶属"):
            assert word in shown
        assert "&quot;" not in shown.split('id="content-main"')[1]
        fields = {"name": kind.name, "position": 1, "source": kind.source, "is_active": "on"}
        answers = {
            "branch_rank": "5",
            "branch_may_have_members": "on",
            "branch_counts_as": "temporary",
            "branch_expects": ["HOME", "TEMPORARY"],
        }
        assert office.post(address, fields | answers).status_code == 302
        assert (
            Kind.objects.get(pk=kind.pk).settings
            == {
                "rank": 5,
                "may_have_members": True,
                "may_be_home": False,
                "counts_as": "temporary",
                "expects": ["HOME", "TEMPORARY"],
                "collects_dues": False,
                "recruits": False,
            }
            | unread
        )

    @pytest.mark.parametrize(
        ("key", "field", "typed", "expected"),
        [
            ("affiliation.community", "affiliation_code", "", "“登记成”要从列出的里面选。"),
            ("affiliation.community", "affiliation_code", "HOME", "“登记成”要从列出的里面选。"),
            ("affiliation.community", "affiliation_duties", "", "“管什么”要填文字，不能空着。"),
            (
                "activity.theme_day",
                "activity_edit_days_after",
                "367",
                "“宽限天数”要填0到366的整数，或者空着。",
            ),
            ("branch.branch", "branch_rank", "0", "“层级”要填1到9的整数，不能空着。"),
            ("branch.branch", "branch_rank", "", "“层级”要填1到9的整数，不能空着。"),
            ("branch.branch", "branch_counts_as", "street", "“统计时算作”要从列出的里面选。"),
        ],
    )
    def test_settings_the_rules_cannot_read_are_refused(
        self, client_for, sysadmin, key, field, typed, expected
    ):
        kind = Kind.objects.get(key=key)
        fields = {"name": kind.name, "position": 1, "source": "局务会"}
        fields |= {f"{kind.engine}_{name}": value for name, value in kind.settings.items()}
        answer = client_for(sysadmin).post(changing("kind", kind), fields | {field: typed})
        form = answer.context["adminform"].form
        assert form.errors.keys() - {"__all__"} == {field}
        assert expected in answer.content.decode()
        assert Kind.objects.get(key=key).settings == kind.settings

    def test_thresholds_are_not_invented_in_the_admin(self, client_for, superuser):
        assert client_for(superuser).get(adding("ruleparameter")).status_code == 403

    def test_the_note_is_seen_whole(self, client_for, sysadmin, limit):
        shown = page(client_for(sysadmin), changing("ruleparameter", limit))
        assert re.search('<textarea name="note"', shown)

    def test_the_form_proposes_today(self, client_for, sysadmin, limit, time_machine):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        assert 'value="2026/11/22"' in page(client_for(sysadmin), changing("ruleparameter", limit))
