"""The shipped codes, kinds and parameters."""

import json
from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import cast

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.models import Code, Kind, RuleParameter
from core.reference import load_reference_data

pytestmark = pytest.mark.django_db


def shipped(name):
    return json.loads((settings.BASE_DIR / "fixtures" / name).read_text(encoding="utf-8"))


def test_an_empty_database_has_everything_after_migrate():
    codes = sum(len(table["codes"]) for table in shipped("codes.json").values())
    assert Code.objects.exclude(table="territory").count() == codes
    assert Kind.objects.count() == len(shipped("kinds.json"))
    assert RuleParameter.objects.count() == len(shipped("rule_parameters.json"))


def test_every_row_is_valid_and_says_where_it_comes_from():
    codes = Code.objects.exclude(table="territory")
    for row in (*codes, *Kind.objects.all(), *RuleParameter.objects.all()):
        row.full_clean()
        assert row.source
        assert row.valid_from


def test_divisions_have_six_digits_a_name_and_the_years_that_they_were_listed():
    rows = Code.objects.filter(table="territory")
    assert rows.count() == len(set(rows.values_list("code", flat=True))) == 7_186
    for row in rows:  # together: to ask of each whether it is unique would take seconds
        row.clean_fields()
        row.clean()
        assert row.source == "GB/T 2260 及1980—2021年历次变更"
    listed = rows.filter(code__in=["110103", "320118", "320614", "710000"]).order_by("code")
    assert list(listed.values_list("name", "valid_from")) == [
        ("崇文区（至2009年）", date(1980, 1, 1)),
        ("高淳区", date(2013, 1, 1)),
        ("海门区", date(2020, 1, 1)),
        ("台湾省", date(1980, 1, 1)),
    ]


def test_a_new_database_asks_for_theme_days_from_its_own_month_on():
    RuleParameter.objects.filter(key="theme.first_month").delete()
    assert load_reference_data()["RuleParameter"] == 1
    row = RuleParameter.objects.get(key="theme.first_month")
    assert row.value == f"{timezone.localdate():%Y-%m}"
    row.full_clean()


def test_loading_again_asks_once_a_table_and_changes_nothing(django_assert_num_queries):
    with django_assert_num_queries(3):
        added = load_reference_data()
    assert added == {"Code": 0, "Kind": 0, "RuleParameter": 0}


def test_what_the_bureau_edited_stays_and_what_is_missing_comes_back():
    Code.objects.filter(table="ethnicity", code="01").update(name="汉（局改）")
    RuleParameter.objects.filter(key="affiliation.max_links").update(value="")
    Kind.objects.filter(key="activity.lesson").delete()
    assert load_reference_data() == {"Code": 0, "Kind": 1, "RuleParameter": 0}
    assert Code.objects.get(table="ethnicity", code="01").name == "汉（局改）"
    assert RuleParameter.objects.get(key="affiliation.max_links").value == ""
    assert Kind.objects.get(key="activity.lesson").name == "党课"


def test_a_state_without_the_tables_adds_nothing():
    class Empty:
        def get_model(self, *_):
            raise LookupError

    assert load_reference_data(apps=cast("Apps", Empty())) == {}


@pytest.mark.django_db(transaction=True)
def test_a_flush_brings_the_rows_back():
    call_command("flush", interactive=False, verbosity=0)
    assert Kind.objects.filter(key="activity.theme_day").exists()


def test_the_engines_of_the_shipped_kinds_are_known():
    engines = set(Kind.objects.values_list("engine", flat=True))
    assert engines == {"branch", "affiliation", "activity"}
    assert apps.get_app_config("core").verbose_name == "系统管理"


def test_an_older_name_of_a_threshold_is_said_as_it_is_now_and_the_bureaus_own_stays():
    named = RuleParameter.objects.filter(key="roster.alike_hours")
    shipped_name = named.get().name
    step = import_module("core.migrations.0010_plain_alike_hours")
    for before, after in (
        ("几份名册里只差几位的证件号码，多少小时以内的合起来数", shipped_name),
        ("本区的叫法", "本区的叫法"),
    ):
        named.update(name=before)
        step.say_plainly(apps, SimpleNamespace(connection=connection))
        assert named.get().name == after
