"""Every register goes out as a table, by who may and as far as he sees (issue 3 §3, house §5)."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core import exports
from core.exchange import SafeExchangeMixin
from core.models import AuditEvent, BackgroundRun, RuleParameter, User
from core.runs import run_now
from members.actions import add_link
from tests.factories.activities import record
from tests.factories.members import make_member, make_transfer_batch

Signed = Callable[[User], Client]

# Lists of the admin that do not go out as a table, and why.
STAYS = {
    "Group": "what a role may do is the portal's own table",
    "Code": "a table of this portal, the same in each",
    "Kind": "a table of this portal, the same in each",
    "RuleParameter": "the portal's own settings",
    "User": "accounts and their sign-in names are kept in one place",
    "BackgroundRun": "each is its owner's, and says what became of his work",
    "Region": "comes from the file of divisions and goes with it",
    "BranchAlias": "what was taught of names in rosters; of no use elsewhere",
    "RosterBatch": "a file that came in; its rejected rows go back as one",
    "LinkProposal": "work between two branches; what came of it goes out with the ties",
    "LinkBatch": "a sheet that came in; what it began goes out with the ties",
    "TransferBatch": "an agreement; its people go out with the transfers",
    "Campaign": "a few rows; its activities go out with the activities",
}


def test_every_register_goes_out_or_is_excused_by_name() -> None:
    staying = {
        model.__name__
        for model, register in admin.site._registry.items()
        if not isinstance(register, SafeExchangeMixin)
    }
    assert sorted(staying ^ STAYS.keys()) == []


def send(client: Client, register: str, question: dict[str, str] | None = None) -> Any:
    """Ask for a register as CSV, every column, and return the answer."""
    address = reverse(f"admin:{register}_export", query=question or {})
    form = client.get(address).context["form"]
    ticked = {name: "on" for name in form.fields if "resource_" in name}
    text = next(key for key, title in form.fields["format"].choices if "CSV" in title)
    sent = {"format": text, "purpose": "向上级报送"}
    return client.post(address, ticked | sent)


def rows_of(content: bytes) -> tuple[list[dict[str, str]], str]:
    """Return the rows of a CSV by heading, and its last line."""
    heads, *lines, last = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    return [dict(zip(heads, line, strict=True)) for line in lines], last[0]


@pytest.fixture
def filled(
    bureau_staff: User, outsider: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:
    """A tie, a transfer and an activity here, and the like in another district."""
    person = make_member(branch, "=张建国")
    since = dt.date(2026, 3, 8)
    add_link(
        by=bureau_staff, member=person, branch=other_branch, kind="COMMUNITY", started_on=since
    )
    said = {"topic": "学党章", "host": "陆德贤", "minutes": "老王住院了", "agenda": "重温入党誓词"}
    record(bureau_staff, branch, [person], cost=Decimal("1280.50"), **said)
    make_transfer_batch(branch, other_branch, by=bureau_staff, names=["钱学文"])
    record(outsider, far_branch, [make_member(far_branch, "赵外区")], topic="外区的事")


@pytest.mark.usefixtures("filled")
def test_ties_go_out_with_their_dates(client_for: Signed, bureau_staff: User) -> None:
    answer = send(client_for(bureau_staff), "members_affiliation", {"current": "links"})
    rows, last = rows_of(answer.content)
    assert [(row["姓名"], row["关系"], row["党组织"]) for row in rows] == [
        ("'=张建国", "社区", "柳岸社区离退休干部党支部")
    ]
    assert rows[0]["开始日期"] == "2026-03-08"
    assert last.startswith(f"{bureau_staff}于")
    assert last.endswith("导出，用途：向上级报送")
    assert AuditEvent.objects.get(act="导出").note == "1行，CSV。向上级报送"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("register", "question", "heading", "words"),
    [
        ("members_affiliation", {}, "姓名", {"'=张建国", "钱学文"}),
        ("members_transfer", {"state": "TRANSIT"}, "姓名", {"钱学文"}),
        ("activities_activity", {}, "主题", {"学党章"}),
        ("branches_appointment", {}, "姓名", {"顾明远"}),
    ],
)
def test_what_goes_out_is_what_he_sees(
    client_for: Signed, bureau_staff: User, register: str, question: dict[str, str], heading: str,
    words: set[str],
) -> None:  # fmt: skip
    client = client_for(bureau_staff)
    listed = client.get(reverse(f"admin:{register}_changelist", query=question))
    assert reverse(f"admin:{register}_export") in listed.text
    rows, _ = rows_of(send(client, register, question).content)
    assert {row[heading] for row in rows} == words


@pytest.mark.usefixtures("filled")
def test_activities_go_out_with_who_led_them_and_without_their_minutes(
    client_for: Signed, bureau_staff: User
) -> None:
    (row,), _ = rows_of(send(client_for(bureau_staff), "activities_activity").content)
    assert (row["主题"], row["主持人"]) == ("学党章", "陆德贤")
    assert (row["议程"], row["费用（元）"]) == ("重温入党誓词", "1280.50")
    assert "老王住院了" not in row.values()


@pytest.mark.usefixtures("filled")
def test_the_trail_is_the_auditors_to_take_out(
    client_for: Signed, bureau_staff: User, auditor: User
) -> None:
    address = reverse("admin:core_auditevent_export")
    office = client_for(bureau_staff)
    assert office.get(address).status_code == 403
    assert address not in office.get(reverse("admin:core_auditevent_changelist")).text
    rows, _ = rows_of(send(client_for(auditor), "core_auditevent").content)
    assert "登记活动组织" in {row["操作"] for row in rows}


@pytest.mark.usefixtures("filled")
def test_many_rows_leave_by_a_run_that_asks_the_rights_again(
    client_for: Signed, bureau_staff: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    RuleParameter.objects.filter(key=exports.ROWS_AT_ONCE).update(value="1")
    client = client_for(bureau_staff)
    assert send(client, "members_affiliation").url == reverse(
        "run", args=[BackgroundRun.objects.get().pk]
    )
    run = run_now(BackgroundRun.objects.get())
    assert (run.state, run.result["rows"]) == ("DONE", 3)
    file = reverse("file", args=[run.result["file"]])
    assert b"".join(client.get(file).streaming_content).count(b"\n") == 5
    bureau_staff.appointments.update(ended_on=dt.date(2026, 11, 21))
    assert client.get(file).status_code == 404
