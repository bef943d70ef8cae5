"""The secretary's roster and cards, a member's own record."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.enums import Role
from branches.models import Branch, Region
from core.models import AuditEvent, Notice, User
from members.actions import add_link, mark_deceased, transfer_out
from members.enums import AffiliationKind
from members.models import Member
from tests.cast import TODAY
from tests.factories.branches import make_post
from tests.factories.members import make_member

Signed = Callable[[User], Client]
PROFILE = reverse("members:profile")


def roster(branch: Branch) -> str:
    return reverse("members:roster", args=[branch.pk])


def page(name: str, member: Member) -> str:
    return reverse(f"members:{name}", args=[member.pk])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode().replace("<wbr>", "")


def test_a_secretary_sees_who_belongs_who_comes_and_what_is_missing(
    client_for: Signed, secretary: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    make_member(branch, "张建国", phone="16112345678", group=group)
    make_member(branch, "李秀英", ethnicity="", join_date=None, full_date=None)
    gone = make_member(branch, "王志强")
    mark_deceased(by=None, member=gone, on=TODAY)
    guest = make_member(other_branch, "赵桂兰")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    client = client_for(secretary)
    home = text(client, roster(branch))
    assert "张建国" in home
    assert "槐荫社区第一党小组" in home
    assert "161****5678" in home
    assert "16112345678" not in home
    assert "王志强" not in home
    assert "赵桂兰" not in home
    assert "在册 2" in home
    assert home.index("未分党小组") < home.index("李秀英") < home.index("第一党小组")
    guests = text(client, f"{roster(branch)}?show=guests")
    assert "赵桂兰" in guests
    assert "关系在柳岸社区离退休干部党支部，社区活动" in guests
    assert '<span class="tag' not in guests
    missing = text(client, f"{roster(branch)}?show=missing")
    assert "缺民族、入党日期" in missing
    assert "张建国" not in missing


def test_a_name_is_found_without_standing_in_the_address(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    for name in ("张建国", "李秀英", "王志强"):
        make_member(branch, name)
    client = client_for(secretary)
    assert "找人" not in text(client, roster(branch))
    for _ in range(10):
        make_member(branch, "赵桂兰")
    assert "找人" in text(client, roster(branch))
    for wanted in ("建国", "zhangjian", "zjg"):
        found = client.post(roster(branch), {"find": wanted}).content.decode()
        assert "张建国" in found
        assert "李秀英" not in found
        assert "在册 13" in found
    assert "没有找到" in client.post(roster(branch), {"find": "欧阳"}).content.decode()


def test_a_roster_is_its_branchs_own(
    client_for: Signed, secretary: User, other_secretary: User, outsider: User, member: User,
    sysadmin: User, auditor: User, bureau_staff: User, branch: Branch,
) -> None:  # fmt: skip
    answers = {
        user.username: client_for(user).get(roster(branch)).status_code
        for user in (secretary, other_secretary, outsider, member, sysadmin, auditor, bureau_staff)
    }
    assert answers == {
        "secretary": 200, "secretary2": 404, "outsider": 404, "member": 403,
        "sysadmin": 403, "auditor": 403, "bureau": 200,
    }  # fmt: skip
    assert Client().get(roster(branch)).status_code == 302


def test_a_card_masks_what_is_sealed(client_for: Signed, secretary: User, branch: Branch) -> None:
    person = make_member(
        branch, "张建国", phone="16112345678", address="槐荫社区3号楼2单元501",
        health="3", health_agreed_on=dt.date(2026, 1, 1), dues_base="6543.21",
    )  # fmt: skip
    card = text(client_for(secretary), page("card", person))
    for secret in (person.id_number, "16112345678", "2单元501", "6543.21", "6543"):
        assert secret not in card
    assert "161****5678" in card
    assert "慢性病" in card
    assert "1980年7月1日" in card
    assert "汉族" in card


def test_p6_who_opens_no_numbers_reads_no_illness(client_for: Signed, branch: Branch) -> None:
    member = make_member(branch, health="3", health_agreed_on=TODAY, remark="家里养猫")
    helper = make_post(Role.COMMITTEE, branch).user
    shown = client_for(helper).get(f"/members/{member.pk}/").content.decode()
    assert member.name in shown
    assert "家里养猫" not in shown
    assert "健康" not in shown


def test_p6_a_guests_card_is_without_health_and_cannot_be_changed_or_opened(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    guest = make_member(other_branch, health="4", health_agreed_on=TODAY, remark="家里养猫")
    client = client_for(secretary)
    assert client.get(page("card", guest)).status_code == 404
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    card = text(client, page("card", guest))
    assert "重病" not in card
    assert "家里养猫" not in card
    for name in ("edit", "reveal", "account"):
        assert page(name, guest) not in card
        assert client.get(page(name, guest)).status_code == 403
        assert client.post(page(name, guest)).status_code == 403


@pytest.mark.parametrize("name", ["card", "edit", "saved", "reveal", "account"])
def test_outsiders_find_no_page_of_a_member(
    client_for: Signed, outsider: User, other_secretary: User, sysadmin: User, member: User,
    branch: Branch, name: str,
) -> None:  # fmt: skip
    person = make_member(branch)
    for stranger in (outsider, other_secretary):
        assert client_for(stranger).get(page(name, person)).status_code == 404
        assert client_for(stranger).get(reverse(f"members:{name}", args=[2**40])).status_code == 404
    assert client_for(sysadmin).get(page(name, person)).status_code == 403
    assert client_for(member).get(page(name, person)).status_code in {403, 404}


def test_a_login_card_says_until_when_it_is_good(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    person = make_member(branch)
    given = client_for(secretary).post(page("account", person))
    last = TODAY + dt.timedelta(days=30)
    assert f">{last.year}年{last.month}月{last.day}日</span>为止" in given.content.decode()


def test_an_invented_number_of_the_demo_is_no_link(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    person = make_member(branch)
    Member.objects.update(is_demo=True)
    sent = {"which": ["phone"], "reason": "联系本人"}
    shown = client_for(secretary).post(page("reveal", person), sent).content.decode()
    assert person.phone in shown
    assert person.phone not in "".join(re.findall(r'href="tel:(.*?)"', shown))


def test_opening_takes_a_reason_and_is_shown_to_the_person(
    client_for: Signed, secretary: User, member: User, branch: Branch
) -> None:
    person = Member.objects.get(user=member)
    client = client_for(secretary)
    assert person.id_number not in text(client, page("reveal", person))
    card = text(client, page("card", person))
    assert card.index("联系方式") < card.index("看完整号码") < card.index("基本情况")
    assert "重发登录卡" in card
    nothing = client.post(page("reveal", person), {"which": ["id_number"], "reason": ""})
    assert person.id_number not in nothing.content.decode()
    opened = client.post(
        page("reveal", person), {"which": ["id_number", "phone"], "reason": "核对转接手续"}
    )
    shown = opened.content.decode()
    assert person.id_number in shown
    assert f'href="tel:{person.phone}"' in shown
    assert f'href="tel:{person.id_number}"' not in shown
    assert "no-store" in opened["Cache-Control"]
    events = AuditEvent.objects.filter(act="查看完整信息")
    assert {event.note for event in events} == {
        "公民身份号码：核对转接手续",
        "联系电话：核对转接手续",
    }
    assert person.id_number not in str(list(events.values()))
    mine = text(client_for(member), PROFILE)
    assert "陆德贤" in mine
    assert "公民身份号码：核对转接手续" in mine


def test_a_committee_member_sees_but_opens_and_changes_nothing(
    client_for: Signed, group_leader: User, branch: Branch, group: Branch
) -> None:
    person = make_member(branch, group=group)
    assert client_for(group_leader).get(page("card", person)).status_code == 404
    assert client_for(group_leader).get(page("reveal", person)).status_code == 403


def test_a_secretary_fills_in_what_is_missing(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    person = make_member(branch, "李秀英", ethnicity="", phone="", gender="2")
    client = client_for(secretary)
    sent = {
        "version": person.version,
        "ethnicity": "01",
        "phone": "161-1234-5678",
        "community": person.community_id,
        "member_kind": "FULL",
        "person_kind": "B",
        "join_date": "1980年7月1日",
        "full_date": "1981-07-01",
        "retire_date": "2012年3月",
        "former_unit": "县第一中学",
        "address": "槐荫里3号楼",
    }
    asked = text(client, page("edit", person))
    assert '<a href="#id_ethnicity">民族</a>' in asked
    assert '<label for="id_ethnicity">民族<span class="lack">（待补）</span></label>' in asked
    done = client.post(page("edit", person), sent, follow=True)
    assert "李秀英的资料<wbr>已保存" in done.content.decode()
    stored = Member.objects.get()
    assert (stored.ethnicity, stored.phone, stored.missing_fields) == ("01", "16112345678", "")
    assert AuditEvent.objects.get(act="修改党员资料").by == secretary


def test_doubts_are_ticked_and_refusals_keep_what_was_typed(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    person = make_member(branch)
    client = client_for(secretary)
    sent = {
        "version": person.version, "member_kind": "FULL", "person_kind": "B",
        "join_date": "1980-07-01", "full_date": "1981-07-01", "phone": "12345",
    }  # fmt: skip
    doubted = client.post(page("edit", person), sent).content.decode()
    assert "电话号码不像手机号" in doubted
    assert 'value="12345"' in doubted
    assert client.post(page("edit", person), sent | {"confirmed": ["phone:PHONE_FORM"]}).status_code == 302  # fmt: skip
    assert Member.objects.get().phone == "12345"
    stale = client.post(page("edit", person), sent | {"former_unit": "区教育局"}).content.decode()
    assert "改过这位同志的资料" in stale
    assert 'value="区教育局"' in stale


def test_what_is_not_on_the_page_stays(client_for: Signed, secretary: User, branch: Branch) -> None:
    person = make_member(branch, "张建国", remark="旧备注")
    sent = {
        "version": person.version, "name": "张三丰", "id_number": "", "remark": "新备注",
        "member_kind": "FULL", "person_kind": "B", "join_date": "1980-07-01", "full_date": "1981-07-01",
    }  # fmt: skip
    assert client_for(secretary).post(page("edit", person), sent).status_code == 302
    stored = Member.objects.get()
    assert (stored.name, stored.remark, stored.id_number) == ("张建国", "旧备注", person.id_number)


def test_a_first_sign_in_card(client_for: Signed, secretary: User, branch: Branch) -> None:
    person = make_member(branch, "张建国", phone="16112345678")
    client = client_for(secretary)
    text(client, page("account", person))
    card = client.post(page("account", person))
    found = re.search(r"\d{10}", card.content.decode())
    assert found
    assert User.objects.get(username=person.number).check_password(found[0])
    assert "16112345678" not in card.content.decode()
    assert "http://testserver</dd>" in card.content.decode()


def test_a_member_reads_all_that_is_held_about_him(
    client_for: Signed, member: User, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    person = Member.objects.get(user=member)
    Member.objects.filter(pk=person.pk).update(dues_base="6543.21")
    add_link(by=None, member=person, branch=other_branch, kind="ASSOCIATION")
    client = client_for(member)
    mine = text(client, PROFILE)
    for shown in (person.id_number, person.phone, person.number, "6,543.21元", other_branch.name):
        assert shown in mine
    assert "正式党员" in mine
    assert "没有人看过" in mine
    assert f'href="/password/?next={PROFILE}"' in mine
    assert client.get(page("card", person)).status_code == 302
    assert client_for(secretary).get(PROFILE).status_code == 404


def test_a_member_tells_the_branch_what_is_wrong(
    client_for: Signed, member: User, secretary: User, branch: Branch
) -> None:
    client = client_for(member)
    address = reverse("members:correction")
    assert client.post(address, {"text": ""}).status_code == 200
    done = client.post(address, {"kind": "CHANGE", "text": "入党日期应是1979年7月"}, follow=True)
    assert "已经告诉<wbr>负责的同志" in done.content.decode()
    assert "15个工作日内答复您。" in done.content.decode()
    notice = Notice.objects.get(user=secretary)
    assert notice.text == "周玉兰同志说自己的资料有误，请核对"
    assert notice.detail == "请在2026年12月11日以前答复。原话：入党日期应是1979年7月"
    assert client_for(secretary).get(notice.url).status_code == 200


def test_without_a_secretary_the_member_is_told_to_ring(client_for: Signed, member: User) -> None:
    answer = client_for(member).post(
        reverse("members:correction"), {"kind": "CHANGE", "text": "住址不对"}
    )
    assert "请打下面的电话" in answer.content.decode()
    assert not Notice.objects.exists()


def test_pages_cost_the_same_with_more_people(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    client = client_for(secretary)
    numbers = []
    for size in (1, 3):
        while Member.objects.count() < size:
            make_member(branch)
        with CaptureQueriesContext(connection) as captured:
            client.get(roster(branch))
        numbers.append(len(captured))
    last = Member.objects.latest("pk")
    with CaptureQueriesContext(connection) as captured:
        client.get(page("card", last))
    assert numbers[0] == numbers[1] <= 12
    assert len(captured) <= 12
    own = make_member(branch, user=secretary)
    client.get(page("edit", own))
    with CaptureQueriesContext(connection) as captured:
        client.get(page("edit", own))
    assert len(captured) <= 12


def test_x13_no_number_stands_in_any_address_or_log(
    client_for: Signed, secretary: User, branch: Branch, caplog: pytest.LogCaptureFixture
) -> None:
    person = make_member(branch)
    client = client_for(secretary)
    with caplog.at_level("DEBUG"):
        for address in (roster(branch), page("card", person), page("edit", person)):
            client.get(address)
        client.post(page("reveal", person), {"which": ["id_number"], "reason": "核对手续"})
    assert not re.search(r"\d{17}[\dXx]", caplog.text)


def test_who_was_transferred_out_keeps_his_own_pages(client_for: Signed, member: User) -> None:
    person = Member.objects.get(user=member)
    transfer_out(by=None, member=person, on=TODAY - dt.timedelta(days=3), document="8号")
    client = client_for(User.objects.get(pk=member.pk))
    assert client.get("/")["Location"] == "/me/"
    assert "组织关系已经转出" in text(client, "/me/")
    assert "组织关系已转出" in text(client, PROFILE)
    for address in ("/me/record/", "/me/calendar/", reverse("members:correction")):
        assert client.get(address).status_code == 200
    assert not Branch.objects.visible_to(User.objects.get(pk=member.pk)).exists()


def test_hints_on_a_namesake_and_on_an_address_elsewhere_refuse_nothing(
    client_for: Signed, secretary: User, outsider: User, branch: Branch
) -> None:
    """Domain §3.3 12, 14: shown beside the form, and only to who sees the namesake."""
    Region.objects.create(code="990100000000", name="云江市", level=2)
    person = make_member(branch, "张建国", address="广东省深圳市福田区")
    client = client_for(secretary)
    shown = text(client, page("edit", person))
    assert "居住地址写的是外地" in shown
    assert "本支部已有同名同志" not in shown
    born = dt.date(1948, 5, 3)
    other = make_member(branch, "张建国", birth_date=born)
    hint = f"本支部已有同名同志：1948年生，尾号{other.id_number[-4:]}。"
    assert hint in text(client, page("edit", person))
    adding = reverse("members:add", args=[branch.pk])
    sent = client.post(adding, {"name": "张建国", "id_number": "1"}).content.decode()
    assert "本支部已有同名同志" in sent
    assert client_for(outsider).get(page("edit", person)).status_code == 404


def test_the_hint_on_living_elsewhere_goes_with_a_link_there(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    person = make_member(branch, community=other_branch.area)
    client, hint = client_for(secretary), "可以在居住地登记一个活动组织"
    assert hint in text(client, page("edit", person))
    add_link(by=None, member=person, branch=other_branch, kind=AffiliationKind.COMMUNITY)
    assert hint not in text(client, page("edit", person))
