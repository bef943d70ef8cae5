"""What was before a roster goes some days after the consent to it was taken back (domain §6.2)."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import RuleParameter
from core.runs import run_now, start_run
from members.actions import give_consent, update_member, withdraw_consent
from members.enums import Consent
from members.models import Member, RosterChange, RosterChunk
from members.roster import runs
from members.roster.changing import unpacked
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db
STEP = import_module("members.migrations.0045_roster_changes_told")
HEADING = (
    "姓名",
    "公民身份号码",
    "支部代码",
    "健康状况",
    "同意登记健康信息",
    "特长",
    "同意进入人才库",
)
PEOPLE = ("张建国", "李秀英")


def roster(health, skills="书画"):
    agreed = "2024-03-01"
    return [
        [name, number(order), "QL0001", health, agreed, skills, agreed]
        for order, name in enumerate(PEOPLE, 1)
    ]


@pytest.fixture
def overwritten(write_csv, bureau_staff, branch, monkeypatch):
    """A roster that changed two members' health and skills, in a chunk each."""
    monkeypatch.setattr(runs, "CHUNK_ROWS", 1)
    monkeypatch.setattr(runs, "CHUNK_GROWTH", 1)
    written(bureau_staff, checked(bureau_staff, write_csv(roster("慢性病"), heading=HEADING)))
    batch = checked(
        bureau_staff, write_csv(roster("重病", "声乐"), heading=HEADING, name="again.csv")
    )
    written(bureau_staff, batch, "overwrite")
    assert before(batch) == {name: {"health", "skills"} for name in PEOPLE}
    return batch


def before(batch):
    """Return of which columns the record of BATCH holds what was before, by name."""
    names = dict(Member.objects.values_list("pk", "name"))
    rows = [row for chunk in batch.chunks.filter(kind="WRITE") for row in unpacked(chunk.changes)]
    told = {"health", "health_agreed_on", "skills", "talent_agreed_on"}
    return {names[pk]: told & set(columns) for pk, columns, _ in rows}


def withdraw(by, name, *consents, days):
    """Let a member's consents have been taken back DAYS ago."""
    person = Member.objects.get(name=name)
    for which in consents:
        person = withdraw_consent(by=by, member=person, which=which)
        day = timezone.localdate() - dt.timedelta(days=days)
        Member.objects.filter(pk=person.pk).update(**{f"{which}_withdrawn_on": day})
    RosterChunk.objects.update(at=timezone.now() - dt.timedelta(days=days + 1))


def sweep():
    """Do what the night does."""
    key = f"sweep:{timezone.now()}"
    run_now(start_run(by=None, kind="nightly.sweep_rosters", key=key, ring=False))


@pytest.mark.parametrize(("days", "left"), [(29, {"health", "skills"}), (30, {"skills"})])
def test_it_goes_thirty_days_after_the_withdrawal(overwritten, bureau_staff, days, left):
    withdraw(bureau_staff, "张建国", Consent.HEALTH, days=days)
    sweep()
    assert before(overwritten) == {"张建国": left, "李秀英": {"health", "skills"}}


@pytest.mark.parametrize("missed", [61, 1_000])
def test_nobody_is_left_out_who_took_it_back_long_ago(overwritten, bureau_staff, missed):
    """The nights were missed, or the bureau had set more days."""
    withdraw(bureau_staff, "张建国", Consent.HEALTH, days=30 + missed)
    sweep()
    assert before(overwritten)["张建国"] == {"skills"}


def test_fewer_days_reach_those_between(overwritten, bureau_staff):
    days = RuleParameter.objects.filter(key="consent.history_days")
    withdraw(bureau_staff, "张建国", Consent.HEALTH, days=200)
    days.update(value="365")
    sweep()
    assert before(overwritten)["张建国"] == {"health", "skills"}
    days.update(value="30")
    sweep()
    assert before(overwritten)["张建国"] == {"skills"}


def test_each_chunk_is_read_first_and_then_written_alone(overwritten, bureau_staff):
    for name in PEOPLE:
        withdraw(bureau_staff, name, Consent.HEALTH, Consent.TALENT, days=40)
    with CaptureQueriesContext(connection) as asked:
        sweep()
    depth, reads, writes = 0, [], []
    for query in asked:
        sql = query["sql"]
        depth += sql.startswith("SAVEPOINT") - sql.startswith("RELEASE SAVEPOINT")
        if "members_rosterchunk" in sql:
            (writes if sql.startswith("UPDATE") else reads).append(depth)
    assert before(overwritten) == {name: set() for name in PEOPLE}
    assert writes == [1, 1], "once for both consents"
    assert set(reads) == {0}, "nobody waits while it is read"
    with CaptureQueriesContext(connection) as asked:
        sweep()
    assert not any("members_rosterchunk" in query["sql"] for query in asked), "done is done"


def test_what_he_agreed_to_anew_stays(write_csv, overwritten, bureau_staff, member):
    """A roster of after that can be taken back like any other."""
    withdraw(bureau_staff, "张建国", Consent.HEALTH, days=40)
    Member.objects.filter(user=member).update(user=None)
    Member.objects.filter(name="张建国").update(user=member)
    person = give_consent(by=member, member=Member.objects.get(name="张建国"), which=Consent.HEALTH)
    update_member(by=bureau_staff, member=person, version=person.version, health="1")
    rows = roster("一般")[:1]
    rows[0][4] = ""
    batch = checked(bureau_staff, write_csv(rows, heading=HEADING, name="new.csv"))
    written(bureau_staff, batch, "overwrite")
    sweep()
    assert before(overwritten)["张建国"] == {"skills"}
    undone(bureau_staff, batch)
    assert Member.objects.get(name="张建国").health == "1"


def test_rosters_of_before_the_record_are_swept_too(overwritten, bureau_staff):
    """They told of nobody whom they changed: it is read from what was before."""
    listed = list(RosterChange.objects.order_by("pk").values_list("member_id", "fields"))
    assert len(listed) == 2
    RosterChange.objects.order_by("pk").last().delete()
    for _ in range(2):  # taken up again after it was cut off
        STEP.tell(apps, SimpleNamespace(connection=connection))
        told = RosterChange.objects.order_by("pk").values_list("member_id", "fields")
        assert list(told) == listed
    withdraw(bureau_staff, "李秀英", Consent.HEALTH, days=40)
    sweep()
    assert before(overwritten)["李秀英"] == {"skills"}
