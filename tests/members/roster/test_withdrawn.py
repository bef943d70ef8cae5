"""What a member took back his consent to does not come in again with an older roster (domain §6.12)."""

import datetime as dt

import pytest
from django.utils import timezone

from core.dates import words
from members.actions import give_consent, update_member, withdraw_consent
from members.actions.roster_rows import Answer, decide_rows
from members.enums import Consent
from members.models import Member
from members.roster.reporting import findings
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
HEALTH = ("健康状况", "空巢情况", "同意登记健康信息")
HEADING = ("姓名", "公民身份号码", "支部代码", *HEALTH, "特长", "同意进入人才库")
OLD, AGAIN = dt.date(2024, 3, 1), dt.date(2026, 9, 2)
CONSENTS = (Consent.HEALTH, Consent.TALENT)
EMPTY = ("", "", None, "", None)
CHOICES = pytest.mark.parametrize("choice", ["fill", "overwrite"])


def row(agreed="2024-03-01", *, order=1, health="慢性病", talent="2024-03-01"):
    return ["张建国", number(order), "QL0001", health, "空巢", agreed, "书画", talent]


def held():
    columns = ("health", "empty_nest", "health_agreed_on", "skills", "talent_agreed_on")
    return Member.objects.values_list(*columns).get(name="张建国")


@pytest.fixture
def path(write_csv, bureau_staff, branch):
    """A roster that brought in a member with his consents."""
    path = write_csv([row()], heading=HEADING)
    written(bureau_staff, checked(bureau_staff, path))
    assert held()[:3] == ("3", "1", OLD)
    return path


@pytest.fixture
def person(path, bureau_staff):
    """The member, after he took both consents back today."""
    person = Member.objects.get(name="张建国")
    for which in CONSENTS:
        person = withdraw_consent(by=bureau_staff, member=person, which=which)
    assert held() == EMPTY
    return person


@pytest.fixture
def long_ago(person):
    """The member, whose consents were taken back on the first of September."""
    first = dt.date(2026, 9, 1)
    Member.objects.update(health_withdrawn_on=first, talent_withdrawn_on=first)
    return person


@CHOICES
def test_the_same_roster_brings_nothing_back_and_says_why(path, person, bureau_staff, choice):
    batch = checked(bureau_staff, path)
    today = words(timezone.localdate())
    assert [found.message for found in findings(batch)] == [
        f"本人已于{today}撤回同意，这几栏不写入：{fields}。"
        "重新同意的，请填撤回以后的同意日期，再导入一次。"
        for fields in ("同意登记健康信息、健康状况、空巢情况", "同意进入人才库、特长")
    ]
    assert batch.counts["S"] == 1, "nothing to write, so nothing to tick"
    written(bureau_staff, batch, choice)
    assert held() == EMPTY


@CHOICES
@pytest.mark.parametrize("agreed", ["", "2026-09-01"])
def test_without_a_later_day_nothing_is_taken(write_csv, long_ago, bureau_staff, choice, agreed):
    batch = checked(bureau_staff, write_csv([row(agreed, talent=agreed)], heading=HEADING))
    assert [found.code for found in findings(batch)] == ["WITHDRAWN_LEFT"] * 2
    written(bureau_staff, batch, choice)
    assert held() == EMPTY


@CHOICES
def test_who_agreed_again_is_taken_and_an_older_day_stays_out(
    write_csv, path, long_ago, bureau_staff, choice
):
    new = write_csv([row("2026-09-02", talent="2026-09-02")], heading=HEADING, name="new.csv")
    batch = checked(bureau_staff, new)
    assert [found.code for found in findings(batch)] == ["DIFFERS"], "a choice for the file"
    written(bureau_staff, batch, choice)
    assert held()[:3] == ("3", "1", AGAIN)
    assert held()[4] == AGAIN
    stale = checked(bureau_staff, path)
    assert [found.code for found in findings(stale)] == ["WITHDRAWN_LEFT"] * 2
    written(bureau_staff, stale, choice)
    assert held()[2:] == (AGAIN, held()[3], AGAIN)


@CHOICES
def test_who_agreed_again_by_himself_keeps_what_he_said_then(
    write_csv, person, member, bureau_staff, choice
):
    """The day he gave online counts, also on the day of withdrawal; an older paper brings nothing."""
    Member.objects.filter(user=member).update(user=None)
    Member.objects.filter(pk=person.pk).update(user=member)
    person.refresh_from_db()
    person = give_consent(by=member, member=person, which=Consent.HEALTH)
    today = timezone.localdate()
    person = update_member(by=bureau_staff, member=person, version=person.version, health="1")
    stale = [row(health="重病", talent="")], [row(str(today - dt.timedelta(1)), talent="")]
    for number_of, rows in enumerate(stale):
        path = write_csv(rows, heading=HEADING, name=f"{number_of}.csv")
        batch = checked(bureau_staff, path)
        assert [found.code for found in findings(batch)] == ["WITHDRAWN_LEFT"] * 2
        written(bureau_staff, batch, choice)
        assert held() == ("1", "", today, "", None)
    own = checked(
        bureau_staff, write_csv([row(str(today), talent="")], heading=HEADING, name="own.csv")
    )
    told = [(found.code, found.column) for found in findings(own)]
    assert told == [("WITHDRAWN_LEFT", "特长"), ("DIFFERS", "健康状况")], "his own day, as exported"


def test_an_older_paper_brings_no_facts_to_a_newer_consent(write_csv, long_ago, bureau_staff):
    new = write_csv([row("2026-09-02", talent="2026-09-02")], heading=HEADING, name="new.csv")
    written(bureau_staff, checked(bureau_staff, new), "overwrite")
    before = held()
    stale = write_csv([row(health="重病")], heading=HEADING, name="stale.csv")
    written(bureau_staff, checked(bureau_staff, stale), "overwrite")
    assert held() == before


def test_a_row_that_turns_out_to_be_him_brings_nothing_back(write_csv, person, bureau_staff):
    batch = checked(bureau_staff, write_csv([row(order=3)], heading=HEADING))
    taken = ("health", "empty_nest", "skills")
    decide_rows(by=bureau_staff, batch=batch, answers=[Answer(2, "same", taken)])
    written(bureau_staff, batch, answers={"ALIKE": ""})
    assert held() == EMPTY


def test_words_about_his_health_that_were_not_read_are_not_told_either(
    write_csv, person, bureau_staff
):
    again = write_csv([row(health="恢复期", talent="")], heading=HEADING)
    told = [(found.code, found.column) for found in findings(checked(bureau_staff, again))]
    assert told == [("WITHDRAWN_LEFT", "同意登记健康信息"), ("WITHDRAWN_LEFT", "特长")]
