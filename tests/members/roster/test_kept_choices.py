"""What was ticked on the preview stays from page to page; nobody is left out without a word."""

import datetime as dt
import html
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from core.models import User
from core.runs import run_now
from members.actions.roster_rows import decide_rows
from members.enums import RosterState
from members.models import Member, RosterBatch, RosterRow
from members.roster.answering import Questions
from members.roster.reporting import summarise
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.test_decision_pages import page
from tests.members.roster.test_pages import act, checked, upload, written

pytestmark = pytest.mark.django_db
HEADING = "姓名,公民身份号码,支部代码,出生日期,原工作单位\n"
NEW = f"张建国,{number(1)},QL0001,1950.1,\n"
ALIKE = f"李秀英,{number(2)},QL0001,,\n"
DIFFERS = f"王志明,{number(3)},QL0001,,新厂\n"


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


@pytest.fixture
def batch(office, branch):
    """Row 2 is new and has a doubt, row 3 looks like a member, row 4 differs."""
    make_member(branch, "李秀英", id_number=number(8), gender="2", birth_date=dt.date(1950, 1, 1))
    make_member(branch, "王志明", id_number=number(3), former_unit="老厂")
    return checked(office, HEADING + NEW + ALIKE + DIFFERS)


def keep(client, batch, place="tab=warned&kind=DATE_JANUARY", **data):
    address = f"{reverse('admin:roster-keep', args=[batch.pk])}?{place}"
    return client.post(address, data, follow=True)


def is_ticked(answer, name, value=""):
    """Whether the page has a tick or choice NAME (of VALUE) that is checked."""
    inputs = re.findall(r"<input[^>]+>", answer.text)
    wanted = [each for each in inputs if f'name="{name}"' in each and value in each]
    return any(" checked" in each for each in wanted)


def test_ticks_and_the_choice_stay_while_other_rows_are_looked_at(office, batch):
    first = page(office, batch, "alike").text
    asked = f'formaction="{reverse("admin:roster-keep", args=[batch.pk])}?tab=warned&amp;kind='
    assert asked + "DATE_JANUARY" in first
    said = {"doubt_DATE_JANUARY": "on", "on_duplicate": "fill", "paper-rows": "4"}
    answer = keep(office, batch, **said, **{"tab": "alike", "row": "3", "decide-3": "other"})
    address, _ = answer.redirect_chain[0]
    assert address.endswith("?tab=warned&kind=DATE_JANUARY&paper-rows=4#rows")
    assert is_ticked(answer, "doubt_DATE_JANUARY")
    assert is_ticked(answer, "on_duplicate", "fill")
    assert not is_ticked(answer, "on_duplicate", "ask")
    assert "相差1，纸上多" in answer.text
    assert 'value="other" checked' in page(office, batch, "alike").text
    assert not Member.objects.filter(name="张建国").exists()


def test_what_cannot_be_kept_is_said_where_it_was_typed_and_the_ticks_stay(office, batch):
    row = {"row": "3", "decide-3": "number", "reason-3": ""}
    answer = keep(office, batch, tab="alike", on_duplicate="overwrite", **row)
    assert "没有保存。第3行要改登记的证件号码，请写明原因。" in answer.text
    assert answer.context["chosen"].key == "alike"
    assert 'value="number" checked' in answer.text
    assert is_ticked(answer, "on_duplicate", "overwrite")


def test_long_numbers_typed_on_the_way_are_hidden(office, batch):
    keep(office, batch, moved_document=f"介字{number(1)}")
    batch.refresh_from_db()
    assert number(1) not in str(batch.answers)


def test_the_number_of_a_letter_stays_whole(office, batch, branch):
    letter = "苏组转字第2026110012345号"
    keep(office, batch, moved_document=letter)
    batch.refresh_from_db()
    assert batch.answers == {"moved_document": letter}


def test_what_was_ticked_is_forgotten_with_the_roster(office, batch):
    keep(office, batch, doubt_DATE_JANUARY="on")
    act(office, batch, "discard", sure="1")
    batch.refresh_from_db()
    assert (batch.state, batch.answers) == (RosterState.DISCARDED, {})


def shown_mark(answer, row):
    """What the page says it showed of ROW."""
    return html.unescape(re.search(f'name="seen-{row}" value="([^"]*)"', answer.text)[1])


def test_a_page_opened_earlier_takes_nothing_from_a_colleague(office, client_for, superuser, batch):
    opened = page(office, batch, "alike")
    data = {"row": "3", "decide-3": "", "seen-3": shown_mark(opened, 3)}
    keep(client_for(superuser), batch, **data | {"decide-3": "other"})
    keep(office, batch, **data)
    assert RosterRow.objects.get(batch=batch, row=3).decision == "other"


def test_two_who_decide_otherwise_are_told(office, client_for, superuser, batch):
    data = {"row": "3", "seen-3": shown_mark(page(office, batch, "alike"), 3)}
    keep(client_for(superuser), batch, **data | {"decide-3": "other"})
    told = keep(office, batch, tab="alike", **data | {"decide-3": "same"})
    assert "第3行刚刚有人选了“是另一个人" in told.text
    assert RosterRow.objects.get(batch=batch, row=3).decision == "other"
    keep(office, batch, **data | {"decide-3": "same", "seen-3": shown_mark(told, 3)})
    assert RosterRow.objects.get(batch=batch, row=3).decision == "same"


@pytest.mark.parametrize(("decision", "kind"), [("move", ""), ("link", "COMMUNITY")])
def test_what_the_bureau_decided_stays_on_a_page_of_who_may_not(
    office, superuser, branch, other_branch, decision, kind
):
    make_member(other_branch, "张建国", id_number=number(1))
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    keep(office, batch, **{"row": "2", "decide-2": decision, "kind-2": kind})
    row = RosterRow.objects.get(batch=batch)
    asked = Questions(User()).about(row)
    assert (asked.answer.decision, asked.answer.kind) == (decision, kind)
    assert [value for value, _ in asked.options] == ["", "leave", decision]
    assert [code for code, _ in asked.kinds] == [kind] * bool(kind)
    answer = replace(asked.answer, seen=asked.seen)
    decide_rows(by=superuser, batch=batch, answers=[answer])
    assert RosterRow.objects.get(batch=batch).decision == decision


def test_who_is_not_decided_about_is_said_before_and_after(office, batch):
    shown = page(office, batch, "alike").text
    assert "还有2位没有决定，这次不会写入" in shown
    said = {"doubt_DATE_JANUARY": "on", "on_duplicate": "ask"}
    refused = act(office, batch, "confirm", **said).text
    assert "还有2位没有决定。请先决定，或者勾选这一项。" in refused
    written(office, batch, **said, leave_open="on")
    result = office.get(reverse("admin:members_rosterbatch_change", args=[batch.pk])).text
    assert "有2位没有决定，这次没有写入" in result
    assert "再核对一遍这份名册" in result

    anew = act(office, batch, "again").context["batch"]
    assert (anew.pk != batch.pk, anew.state) == (True, RosterState.UPLOADED)
    assert (anew.file, anew.layout["fields"]) == (batch.file, batch.layout["fields"])


def test_with_the_choice_made_only_those_really_open_are_counted(office, batch):
    shown = keep(office, batch, on_duplicate="overwrite").text
    assert "还有1位没有决定，这次不会写入" in shown


def test_decisions_made_on_the_page_count_when_it_is_confirmed(office, batch):
    said = {"doubt_DATE_JANUARY": "on", "on_duplicate": "overwrite"}
    written(office, batch, **said, **{"tab": "alike", "row": "3", "decide-3": "other"})
    assert batch.state == RosterState.DONE
    assert (summarise(batch).to_confirm, Member.objects.filter(name="李秀英").count()) == (0, 2)


def test_where_nobody_else_would_be_written_only_deciding_is_offered(office, branch):
    make_member(branch, "李秀英", id_number=number(8), gender="2", birth_date=dt.date(1950, 1, 1))
    batch = checked(office, HEADING + ALIKE)
    shown = page(office, batch, "alike").text
    assert "还有1位没有决定，这次不会写入。</strong>除了这1位，没有要写的。" in shown
    assert ("确认写入" in shown.partition('id="open"')[2], "先去决定" in shown) == (False, True)
    assert "这样一位也不会写入" in act(office, batch, "confirm", leave_open="on").text
    batch.refresh_from_db()
    assert batch.state == RosterState.READY


def test_a_file_known_already_is_checked_again_without_choosing_it(
    office, client_for, street_staff, superuser, branch
):
    text = HEADING + NEW
    batch = checked(office, text)
    written(office, batch, doubt_DATE_JANUARY="on")
    again = reverse("admin:roster-again", args=[batch.pk])
    assert f'action="{again}"' in upload(office, text).text
    colleague = client_for(superuser)
    told = upload(colleague, text).text
    assert ("请重新选择文件" in told, f'action="{again}"' in told) == (True, False)
    act(colleague, batch, "again")
    assert client_for(street_staff).post(again).status_code == 404
    assert RosterBatch.objects.count() == 1
    assert "认一认各列" in act(office, batch, "again").text
    assert RosterBatch.objects.count() == 2


def test_one_wrong_branch_is_named_and_the_right_answers_stay(office, branch, group):
    rows = f"张建国,{number(1)},槐荫离退休支部\n李秀英,{number(2)},槐荫一组\n"
    batch = checked(office, "姓名,公民身份号码,所在党支部\n" + rows)
    answer = act(office, batch, "branches", near0=str(branch.pk), named1="没有的")
    assert "填对了的都还在" in answer.text
    assert "没有找到这个党支部" in answer.text
    assert is_ticked(answer, "near0", str(branch.pk))
    answer = act(office, batch, "branches", near0=str(branch.pk), named1=group.code)
    assert is_ticked(answer, "near0", str(branch.pk))
    batch.refresh_from_db()
    assert batch.state == RosterState.READY


def test_a_rejected_row_has_its_name_as_it_would_be_stored(office, branch):
    batch = checked(office, HEADING + "申 玉 芬,12345,QL0001,,\n")
    (line,) = page(office, batch, "rejected").context["lines"]
    assert line.name == "申玉芬"
    assert RosterRow.objects.get(batch=batch).name is None


def test_every_unknown_branch_is_asked_about_whatever_the_first_ten_are_left_without(
    office, branch
):
    """One left without an answer keeps its place; the eleventh must not wait for it."""
    rows = "".join(
        f"张建{'国华'[order % 2]}{order},{number(order)},{chr(0x7532 + order)}片\n"
        for order in range(1, 13)
    )
    batch = checked(office, "姓名,公民身份号码,所在党支部\n" + rows)
    shown = page(office, batch, "rejected").text
    assert "共12个名称" in shown
    assert "另外2个名称" in shown
    act(office, batch, "branches", named11=branch.code)
    batch.refresh_from_db()
    run_now(batch.check_run)
    batch.refresh_from_db()
    assert (batch.counts["N"], batch.counts["R"]) == (1, 11)
    assert "共11个名称" in page(office, batch, "rejected").text
