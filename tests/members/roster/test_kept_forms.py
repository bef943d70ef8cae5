"""What was typed on the roster's pages, or to take something out, outlives its session (rule 24)."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import AuditEvent, FormDraft, User
from members.actions.learnt import read_heading
from members.actions.roster import open_roster
from members.enums import RosterState
from members.models import RosterBatch, RosterRow
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, kept, written

pytestmark = pytest.mark.django_db
PASSWORD = "银辉-测试-2026"


class Visit:
    """Somebody whose session ends between opening a form and sending it; he signs in again."""

    def __init__(self, user: User) -> None:
        self.browser = Client()
        self.user = user

    def sign_in(self, back: str = "/") -> Any:
        given = {"username": self.user.username, "password": PASSWORD, "next": back}
        return self.browser.post("/signin/", given)

    def again(self, page: str, sent_to: str, **typed: Any) -> Any:
        """Return PAGE as it is after its form was sent too late to SENT_TO."""
        self.sign_in()
        shown = self.browser.get(page).text
        hidden = dict(re.findall(r'name="(form_owner|check)" value="([^"]*)"', shown))
        assert hidden["form_owner"]
        self.browser.cookies.clear()
        answer = self.browser.post(sent_to, hidden | typed)
        assert answer["Location"].startswith("/signin/?kept=1")
        self.sign_in(page)
        return self.browser.get(page)


def is_on(page: Any, name: str, value: str = "") -> bool:
    """Whether the page has a tick or choice NAME (of VALUE) that is checked."""
    inputs = [each for each in re.findall(r"<input[^>]+>", page.text) if f'name="{name}"' in each]
    return any(" checked" in each for each in inputs if f'value="{value}"' in each or not value)


FRAMES = pytest.mark.parametrize("frame", ["members:batch", "admin:roster"])


def address(frame: str, batch: RosterBatch, step: str = "") -> str:
    page = "admin:members_rosterbatch_change" if "admin" in frame else frame
    return reverse(f"{frame}-{step}" if step else page, args=[batch.pk])


@pytest.fixture
def importer(frame: str, request: pytest.FixtureRequest) -> User:
    name = "bureau_staff" if "admin" in frame else "secretary"
    user: User = request.getfixturevalue(name)
    return user


@FRAMES
def test_the_preview_comes_back_as_it_was_filled_in(
    frame: str, importer: User, branch: Branch, write_csv: Any
) -> None:
    make_member(branch, "李秀英", id_number=number(8), gender="2", birth_date=dt.date(1950, 1, 1))
    make_member(branch, "王志明", id_number=number(3), former_unit="老厂")
    rows = [
        ["李秀英", number(2), branch.code, "", ""],
        ["王志明", number(3), branch.code, "", "新厂"],
        ["张建国", number(1), branch.code, "1950.1", ""],
    ]
    heading = ("姓名", "公民身份号码", "支部代码", "出生日期", "原工作单位")
    batch = checked(importer, write_csv(rows, heading=heading), branch=branch)
    typed = {"tab": "alike", "row": "2", "decide-2": "other", "paper-rows": "9"}
    ticked = {"doubt_DATE_JANUARY": "on", "on_duplicate": "fill"}
    page = Visit(importer).again(
        address(frame, batch), address(frame, batch, "confirm"), **typed, **ticked
    )
    assert "您填好的内容都还在" in page.text
    assert is_on(page, "decide-2", "other")
    assert is_on(page, "on_duplicate", "fill")
    assert is_on(page, "doubt_DATE_JANUARY")
    assert 'value="9"' in page.text
    batch.refresh_from_db()
    assert (batch.state, batch.answers) == (RosterState.READY, {})
    assert not RosterRow.objects.filter(batch=batch, decision="other").exists()


@FRAMES
def test_named_branches_come_back_unless_the_names_are_others_by_now(
    frame: str, importer: User, branch: Branch, write_csv: Any
) -> None:
    named = ("姓名", "公民身份号码", "所在党支部")
    path = write_csv([["张建国", number(1), "老城片"]], heading=named)
    batch = checked(importer, path, branch=branch)
    page = Visit(importer).again(
        address(frame, batch), address(frame, batch, "branches"), named0="QL0001"
    )
    assert re.search(
        r'name="named0"[^>]*value="QL0001"|value="QL0001"[^>]*name="named0"', page.text
    )
    FormDraft.objects.all().delete()
    page = Visit(importer).again(
        address(frame, batch), address(frame, batch, "branches"), named0="QL0001", check="0"
    )
    assert 'value="QL0001"' not in page.text


@FRAMES
def test_the_columns_come_back_as_chosen(
    frame: str, importer: User, branch: Branch, write_csv: Any
) -> None:
    heading = ("姓名", "公民身份号码", "我的列")
    path = write_csv([["张建国", number(1), "甲"]], heading=heading)
    batch = open_roster(by=importer, file=kept(importer, path), branch=branch)
    batch = read_heading(by=importer, batch=batch)
    page = Visit(importer).again(
        address(frame, batch), address(frame, batch, "columns"), column2="building"
    )
    assert page.context["form"]["column2"].initial == "building"
    assert page.context["form"]["column0"].initial == "name"


@FRAMES
def test_why_a_roster_is_taken_back_comes_back(
    frame: str, importer: User, branch: Branch, write_csv: Any
) -> None:
    batch = checked(importer, write_csv([["张建国", number(1), branch.code]]), branch=branch)
    batch = written(importer, batch)
    page = address(frame, batch, "undo")
    assert (
        "传错了文件"
        in Visit(importer).again(page, page, reason="传错了文件").context["form"]["reason"].value()
    )
    batch.refresh_from_db()
    assert batch.state == RosterState.DONE


def test_what_an_export_is_for_comes_back_and_nothing_goes_out(
    secretary: User, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    page = reverse("members:roster-export", args=[branch.pk])
    shown = Visit(secretary).again(page, page, purpose="换届核对", format="csv")
    assert 'value="换届核对"' in shown.text

    page = reverse("admin:members_member_export")
    ticked = {"memberresource_name": "on", "export_items": str(member.pk)}
    shown = Visit(bureau_staff).again(page, page, purpose="换届核对", format="0", **ticked)
    assert 'value="换届核对"' in shown.text
    assert is_on(shown, "memberresource_name")
    assert not is_on(shown, "memberresource_gender")
    assert f'name="export_items" value="{member.pk}"' in shown.text
    assert not AuditEvent.objects.filter(act__startswith="导出").exists()


def test_why_a_number_is_opened_comes_back_and_it_stays_closed(
    secretary: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国", id_number=number(1))
    page = reverse("members:reveal", args=[member.pk])
    shown = Visit(secretary).again(page, page, which="id_number", reason="办手续用")
    assert 'value="办手续用"' in shown.text
    assert number(1) not in shown.text


@FRAMES
def test_giving_a_roster_up_is_asked_first_and_who_stays_finds_what_he_typed(
    frame: str, importer: User, branch: Branch, write_csv: Any, client_for: Any
) -> None:
    rows = [["张建国", number(1), branch.code, "1950.1"]]
    heading = ("姓名", "公民身份号码", "支部代码", "出生日期")
    batch = checked(importer, write_csv(rows, heading=heading), branch=branch)
    client, page, discard = (
        client_for(importer),
        address(frame, batch),
        address(frame, batch, "discard"),
    )
    mark = re.search(r'name="form_owner" value="([^"]*)"', client.get(page).text)
    assert mark
    asked = client.post(discard, {"form_owner": mark[1], "doubt_DATE_JANUARY": "on"}, follow=True)
    assert asked.redirect_chain == [(discard, 302)]
    assert "找不回来" in asked.text
    assert f'href="{page}"' in asked.text
    assert RosterRow.objects.filter(batch=batch).exists()
    assert is_on(client.get(page), "doubt_DATE_JANUARY")

    assert "已放弃" in client.post(discard, {"sure": "1"}, follow=True).text
    assert not RosterRow.objects.filter(batch=batch).exists()
    assert not FormDraft.objects.exists()
    assert client.get(discard)["Location"] == page
