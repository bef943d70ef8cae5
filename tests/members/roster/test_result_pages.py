"""Small things that a newcomer met on a roster's pages: where to go on, and nothing offered in vain."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from members.roster.workbook import hidden_words
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, checked, page, upload, written

pytestmark = pytest.mark.django_db
TEXT = (
    "姓名,公民身份号码,支部代码\n"
    f"张建国,{number(1)},QL0001\n"
    f"李秀英,{number(2)},QL0001\n"
    f"王志明,{number(3)},没有的\n"
)


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def test_the_result_leads_to_the_members_and_to_the_rejected_rows(office, branch):
    batch = checked(office, TEXT)
    written(office, batch, accept_good="on")
    result = page(office, batch).text
    members = f"{reverse('admin:members_member_changelist')}?roster_batch={batch.pk}"
    assert f'href="{members}">看新增的2位同志' in result
    assert "下载退回的 1 行" in result
    listed = office.get(members).context["cl"].result_list
    assert sorted(member.name for member in listed) == ["张建国", "李秀英"]


def test_the_rejected_rows_are_called_after_their_roster(office, branch):
    def sent(name):
        batch = checked(office, TEXT, name=name, again="on")
        answer = office.get(reverse("admin:roster-rejected", args=[batch.pk]))
        assert b"".join(answer.streaming_content)
        act(office, batch, "discard", sure="1")
        return unquote(answer["Content-Disposition"]).partition("''")[2]

    assert sent("花名册.csv") == "退回的行-花名册.xlsx"
    assert sent("退回的行-花名册.csv") == "退回的行-花名册.xlsx"
    told = sent(f"张建国{number(1)}.csv")
    assert told.startswith("退回的行-张建国")
    assert number(1) not in told


def test_a_roster_that_brings_nothing_is_not_offered_for_writing(office, branch):
    written(office, checked(office, TEXT), accept_good="on")
    again = checked(office, TEXT.rstrip(), again="on")
    shown = page(office, again).text
    assert "没有可写入的行。</strong>2人和登记的一样，不用再写。" in shown
    assert ("确认写入" in shown, "下载退回的1行" in shown) == (False, True)


def test_a_heading_in_two_lines_is_said_with_both(office, branch):
    text = (
        "某区离退休干部党员名册,,,\n"
        "填报单位：,,,\n"
        "姓名,证件,,支部代码\n"
        ",公民身份号码,号码类别,\n"
        f"张建国,{number(1)},身份证,QL0001\n"
    )
    assert "表头在第3—4行。" in upload(office, text).text


def test_the_template_s_own_guide_is_no_other_sheet(office, branch):
    blank = b"".join(office.get(reverse("admin:roster-template")).streaming_content)
    answer = upload(office, blank, name="党员名册.xlsx")
    batch = answer.context["batch"]
    assert answer.context["sheet_form"] is None
    act(office, batch, "columns", **{name: field.initial for name, field in answer.context["form"].fields.items()})  # fmt: skip
    batch.refresh_from_db()
    assert not any("填写说明" in said for said in hidden_words(batch))
