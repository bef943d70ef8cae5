"""主持人 and 会议记录 of a theme day, and what its kind asks a record to say (SYS-18)."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from activities.actions.theme_day import plan_activity
from activities.models import Activity
from activities.rules.record import MOST_MINUTES
from branches.models import Branch
from core.models import AuditEvent, Kind, User
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, require_refused_in_view, text
from tests.factories.activities import record

LINES = "重温入党誓词。\n大家谈了体会，定了下月去看望老同志。"


def ask_for(*fields: str) -> None:
    """Let the kind require FIELDS of a theme day."""
    kind = Kind.objects.get(key="activity.theme_day")
    kind.settings |= {"required": list(fields)}
    kind.save()


def test_they_are_written_shown_and_stay(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert (
        '<details class="fold"><summary>写主持人、议程、会议记录、费用<span class="may">'
        in text(page)
    )
    typed = filled(page, host=" 陆德贤 ", minutes=LINES.replace("\n", "\r\n"))
    answer = client.post(address, typed)
    stored = Activity.objects.get()
    assert (stored.host, stored.minutes) == ("陆德贤", LINES)
    assert "陆德贤" in text(client.get(answer["Location"]))
    shown = text(client.get(f"{address}record/"))
    assert "<dt>主持人</dt><dd>陆德贤</dd>" in shown
    assert LINES.replace("\n", "<br>") in shown
    again = client.get(address)
    assert '<details class="fold" open>' in text(again)
    assert client.post(address, filled(again, topic="学党章")).status_code == 302
    stored.refresh_from_db()
    assert (stored.topic, stored.host, stored.minutes) == ("学党章", "陆德贤", LINES)


def test_a_host_from_the_plan_does_not_make_the_page_longer(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    plan_activity(by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 20))
    Activity.objects.update(host="陆德贤")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    assert page.context["form"]["host"].value() == "陆德贤"
    assert '<details class="fold"><summary>写主持人' in text(page)


def test_the_same_lines_again_are_no_conflict(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    typed = filled(client.get(address), minutes=LINES.replace("\n", "\r\n"))
    assert [client.post(address, typed).status_code for _ in range(2)] == [302, 302]
    assert Activity.objects.get().version == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": "陆" * 21}, "20"),
        ({"minutes": "学" * (MOST_MINUTES + 1)}, "最多写1000字，现在有1001字。请写短一点。"),
    ],
)
def test_what_is_too_long_is_refused_in_view(
    client: Client,
    branch: Branch,
    roster: list[Member],
    changes: dict[str, Any],
    sentence: str,
) -> None:
    require_refused_in_view(client, f"/branch/{branch.pk}/{NOVEMBER}", sentence, **changes)


def test_the_act_holds_the_length_too(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    with pytest.raises(ValidationError):
        record(secretary, branch, roster, minutes="学" * (MOST_MINUTES + 1))


def test_the_trail_says_who_led_and_that_the_minutes_changed(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address), host="陆德贤", minutes="老王住院了"))
    event = AuditEvent.objects.get(act="登记主题党日")
    assert event.after["host"] == "陆德贤"
    assert "minutes" in event.after
    assert "老王住院了" not in str(event.after)


def test_numbers_of_people_are_hidden(client: Client, branch: Branch, roster: list[Member]) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address), minutes="有事打13812345678"))
    assert Activity.objects.get().minutes == "有事打138****5678"


def test_two_secretaries_each_write_their_part(
    client_for: SignIn, secretary: User, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    """F17: who left a field alone gives way to who wrote it; where both wrote they are asked."""
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, hers | {"host": "陆德贤", "minutes": LINES})
    answer = second.post(address, his | {"minutes": "学习全会精神"})
    page = answer.context["page"]
    assert [(each.label, each.is_conflict, each.mine.is_proposed) for each in page.questions] == [
        ("主持人", False, False),
        ("会议记录", True, True),
    ]
    merged = dict(page.hidden) | {"host": "陆德贤", "minutes": LINES.replace("\n", "\r\n")}
    assert second.post(address, merged).status_code == 302
    stored = Activity.objects.get()
    assert (stored.host, stored.minutes, stored.topic) == ("陆德贤", LINES, "学习全会精神")


def test_what_a_record_must_say_is_data(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    ask_for("date", "topic", "host")
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert '<details class="fold" open><summary>写主持人、议程、会议记录、费用</summary>' in text(
        page
    )
    entry = filled(page, other_place="")
    answer = client.post(address, entry)
    assert "请写一写是谁主持的。" in text(answer)
    assert "请写一写在哪里开的" not in text(answer)
    assert client.post(address, entry | {"host": "陆德贤"}).status_code == 302


@pytest.mark.parametrize(
    ("missing", "sentence"), [("topic", "请写一写这次学了什么"), ("place", "请写一写在哪里开的")]
)
def test_the_act_asks_for_it_too(
    secretary: User, branch: Branch, roster: list[Member], missing: str, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        record(secretary, branch, roster, **{missing: ""})
    ask_for("date")
    assert record(secretary, branch, roster, **{missing: ""}).pk


@pytest.mark.parametrize(
    ("step", "unread"),
    [
        (
            "0012_settings_unread",
            {"monthly": True, "editable_until": "month_end", "attendance": ["HOME"]},
        ),
        ("0013_rhythm_unread", {"times": 1, "per": "month", "parameter": "theme.per_month"}),
    ],
)
def test_settings_that_no_rule_reads_leave_what_is_kept(
    branch: Branch, step: str, unread: dict[str, Any]
) -> None:
    ask_for("date", "topic", "host")
    kind = Kind.objects.get(key="activity.theme_day")
    kept = dict(kind.settings)
    kind.settings = kept | unread
    kind.save()
    migration = import_module(f"activities.migrations.{step}")
    migration.take_out(apps, SimpleNamespace(connection=connection))
    kind.refresh_from_db()
    assert kind.settings == kept == {"required": ["date", "topic", "host"], "edit_days_after": 0}
