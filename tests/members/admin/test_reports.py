"""Exports, the two rolls of a branch, and where the registers clash."""

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Area, Branch
from core.models import AuditEvent, RuleParameter, User
from members.actions import add_link, mark_deceased
from members.models import Affiliation, Member
from tests.factories.members import make_id_number, make_member

Signed = Callable[[User], Client]
EXPORT = reverse("admin:members_member_export")
CLASHES = reverse("admin:member-clashes")
ROLLS = reverse("admin:member-rolls")


def export(client: Client, address: str = EXPORT, **changes: str) -> list[tuple[object, ...]]:
    """Export all columns as a workbook and return its rows."""
    form = client.get(address).context["form"]
    formats = {title: key for key, title in form.fields["format"].choices}
    sent = {name: "on" for name in form.fields if name.startswith("memberresource_")}
    key = next(key for title, key in formats.items() if "XLSX" in title.upper())
    response = client.post(address, sent | {"format": key, "purpose": "走访慰问", "resource": ""} | changes)  # fmt: skip
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%85%9A")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return list(book.active.iter_rows(values_only=True))


def test_p15_an_export_is_scoped_masked_signed_and_on_record(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    member = make_member(branch, "张建国", phone="16112345678", health="4", health_agreed_on=dt.date(2026, 1, 1))  # fmt: skip
    make_member(far_branch, "王志强")
    rows = export(client_for(bureau_staff))
    heads, first, signature = rows
    line = dict(zip(heads, first, strict=True))
    assert (line["姓名"], line["民族"], line["所在党支部"]) == ("张建国", "汉族", branch.name)
    assert line["联系电话"] == "161****5678"
    assert line["公民身份号码"] == f"{member.id_number[:3]}***********{member.id_number[-4:]}"
    assert "健康状况" not in heads
    assert str(signature[0]).startswith("顾明远于2026-11-22 10:00导出，用途：走访慰问")
    event = AuditEvent.objects.get(act="导出")
    assert (event.by, event.note) == (bureau_staff, "1行，XLSX。走访慰问")
    assert AuditEvent.objects.visible_to(bureau_staff).filter(pk=event.pk).exists()


def test_a_number_typed_as_the_purpose_is_kept_nowhere(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    whole = make_member(branch, "张建国").id_number
    rows = export(client_for(bureau_staff), purpose=f"核实{whole}")
    said = f"核实{whole[:3]}{'*' * 11}{whole[-4:]}"
    assert str(rows[-1][0]).endswith(said)
    assert AuditEvent.objects.get(act="导出").note.endswith(said)


def test_an_export_without_a_purpose_is_asked_for_one(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    make_member(branch)
    response = client_for(bureau_staff).post(EXPORT, {"format": "0", "memberresource_name": "on"})
    assert response.context["form"].errors.keys() >= {"purpose"}


def test_who_exports_is_told_what_comes_masked_and_where_whole_numbers_are(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch)
    client = client_for(bureau_staff)
    said = client.get(EXPORT).text
    assert "证件号码和联系电话中间用星号遮住" in said
    assert "点“查看完整信息”，写明原因" in said
    record = client.get(reverse("admin:members_member_change", args=[member.pk])).text
    assert "查看完整信息" in record


def test_an_export_keeps_the_filters_and_nobody_elses_rows(
    client_for: Signed, bureau_staff: User, outsider: User, branch: Branch, other_branch: Branch,
    other_street: Area,
) -> None:  # fmt: skip
    make_member(branch, "张建国")
    make_member(other_branch, "李秀英")
    bureau, far = client_for(bureau_staff), client_for(outsider)
    names = [row[1] for row in export(bureau, f"{EXPORT}?area={other_street.code}")]
    assert names[:2] == ["姓名", "李秀英"]
    assert len(export(far)) == 2  # headings and signature
    assert len(export(far, f"{EXPORT}?area={other_street.code}")) == 2


def test_sysadmin_and_auditor_export_nothing(
    client_for: Signed, sysadmin: User, auditor: User
) -> None:
    assert client_for(sysadmin).get(EXPORT).status_code == 403
    assert client_for(auditor).get(EXPORT).status_code == 403


def test_the_two_rolls_of_a_branch(
    client_for: Signed, bureau_staff: User, outsider: User, branch: Branch, other_branch: Branch
) -> None:
    own, guest = make_member(branch, "张建国"), make_member(other_branch, "李秀英")
    make_member(branch, "王志强")
    add_link(by=None, member=own, branch=other_branch, kind="COMMUNITY")
    add_link(by=None, member=guest, branch=branch, kind="ASSOCIATION")
    client = client_for(bureau_staff)
    page = client.get(ROLLS)
    rolls = page.context["branches"]
    assert [(each.name, each.at_home, each.unplaced, each.guests) for each in rolls] == [
        (branch.name, 2, 1, 1),
        (other_branch.name, 1, 0, 1),
    ]
    assert page.context["sums"] == {"at_home": 3, "unplaced": 1, "guests": 2}
    roll = client.get(reverse("admin:member-roll", args=[branch.pk])).context["roll"]
    assert [(line.member.name, [str(tie.branch) for tie in line.ties]) for line in roll.home] == [
        ("王志强", []),
        ("张建国", [other_branch.name]),
    ]
    assert (roll.placed, roll.coverage) == (1, 50)
    assert [line.member.name for line in roll.guests] == ["李秀英"]
    far = client_for(outsider)
    assert far.get(reverse("admin:member-roll", args=[branch.pk])).status_code == 404
    assert branch.name not in far.get(ROLLS).content.decode()


def test_a_guest_with_two_ties_is_one_person_in_count_and_roll(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    guest, late = make_member(branch), make_member(branch)
    for kind in ("COMMUNITY", "FUNCTIONAL"):
        add_link(by=None, member=guest, branch=other_branch, kind=kind)
    add_link(by=None, member=late, branch=other_branch, kind="COMMUNITY")
    mark_deceased(by=None, member=late, on=dt.date(2026, 11, 22))
    client = client_for(bureau_staff)
    counted = {each.pk: each.guests for each in client.get(ROLLS).context["branches"]}
    roll = client.get(reverse("admin:member-roll", args=[other_branch.pk])).context["roll"]
    assert counted == {branch.pk: 0, other_branch.pk: 1}
    assert client.get(ROLLS).context["sums"] == {"at_home": 1, "unplaced": 0, "guests": 1}
    monkeypatch.setattr("members.admin.rolls.SUMMED", 1)
    many = client.get(ROLLS)
    assert (many.context["sums"], "请在上面选一个区划，就有合计。" in many.text) == (None, True)
    assert [line.member for line in roll.guests] == [guest]


def test_who_is_counted_twice_or_nowhere(
    client_for: Signed, bureau_staff: User, outsider: User, branch: Branch, other_branch: Branch
) -> None:
    lost = make_member(branch, "甲无隶属")
    Affiliation.objects.filter(member=lost).update(ended_on="2026-01-01")
    for name in ("乙双名", "乙双名"):
        make_member(branch, name, birth_date=None, id_number=make_id_number())
    busy = make_member(branch, "丙活跃")
    add_link(by=None, member=busy, branch=other_branch, kind="COMMUNITY")
    add_link(by=None, member=busy, branch=other_branch, kind="ASSOCIATION")
    full = make_member(branch, "丁到顶")
    for tie, kind in (
        (busy, "ALLIANCE"),
        (full, "COMMUNITY"),
        (full, "ALLIANCE"),
        (full, "TEMPORARY"),
    ):
        # The third of one that counts comes past the act: a roster of before the limit, say.
        Affiliation.objects.create(member=tie, branch=other_branch, kind=kind)
    for community in (None, *[other_branch.area] * 3):
        make_member(other_branch, phone="16100009999", community=community)
    client = client_for(bureau_staff)
    page = client.get(CLASHES)
    assert {each.key: count for each, count, _ in page.context["questions"]} == {
        "no-home": 1, "closed": 0, "twice": 2, "phone": 4, "many": 1, "none": 7,
        "placeless": 1,
    }  # fmt: skip
    assert [member.name for member in page.context["page"]] == ["甲无隶属"]
    twice = client.get(CLASHES, {"about": "twice"}).context["page"]
    assert [member.name for member in twice] == ["乙双名", "乙双名"]
    many = client.get(CLASHES, {"about": "many"}).context["page"]
    assert [member.name for member in many] == ["丙活跃"]  # more than the two of 1+2
    for each, count, _ in page.context["questions"]:
        assert len(client.get(CLASHES, {"about": each.key}).context["page"]) == count, each.key
    assert client_for(outsider).get(CLASHES).context["total"] == "0"


def test_the_register_is_walked_once_a_question_not_once_a_member(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    """At 50,000 the counts of a subquery asked for every member are most of a second."""
    make_member(branch)
    with CaptureQueriesContext(connection) as captured:
        client_for(bureau_staff).get(CLASHES)
    counting = [query["sql"] for query in captured if "FILTER" in query["sql"]]
    assert len(counting) == 1
    assert [sql for sql in counting if "EXISTS" in sql] == []


def test_how_many_may_share_a_telephone_is_the_areas_own(
    client_for: Signed, bureau_staff: User, district: Area, branch: Branch, other_branch: Branch,
    other_street: Area,
) -> None:  # fmt: skip
    shared = RuleParameter.objects.get(key="member.phone_shared_max", area_code="")
    for code, most in ((district.code[:6], "2"), (other_street.code[:9], "5")):
        shared.pk, shared.area_code, shared.value = None, code, most
        shared.save()
    for _ in range(3):
        make_member(branch, phone="16100009999")
        make_member(other_branch, phone="16100008888")
    client = client_for(bureau_staff)

    def sharing(**asked: str) -> int:
        questions = client.get(CLASHES, {"about": "phone", **asked}).context["questions"]
        return {each.key: count for each, count, _ in questions}["phone"]

    assert sharing() == 6
    assert sharing(area=other_street.code) == 0


def test_how_many_links_are_too_many_is_the_home_areas_own(
    client_for: Signed, bureau_staff: User, district: Area, branch: Branch, other_branch: Branch,
    other_street: Area,
) -> None:  # fmt: skip
    limit = RuleParameter.objects.get(key="affiliation.max_links", area_code="")
    for code, most in ((district.code[:6], "1"), (other_street.code[:9], "")):
        limit.pk, limit.area_code, limit.value = None, code, most
        limit.save()
    here, there = make_member(branch, "甲多处"), make_member(other_branch, "乙多处")
    for member, place in ((here, other_branch), (there, branch)):
        for kind in ("COMMUNITY", "ASSOCIATION"):
            Affiliation.objects.create(member=member, branch=place, kind=kind)
    for asked in ({}, {"area": district.code}):
        page = client_for(bureau_staff).get(CLASHES, {"about": "many", **asked})
        assert [member.name for member in page.context["page"]] == ["甲多处"]
        assert {each.key: count for each, count, _ in page.context["questions"]}["many"] == 1


def test_who_clashes_is_listed_by_pinyin(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    """As people look names up, not as computers number their characters."""
    for name in ("张建国", "陈志强", "安秀英", "李卫民"):
        make_member(branch, name)
    page = client_for(bureau_staff).get(CLASHES, {"about": "none"}).context["page"]
    assert [member.name for member in page] == ["安秀英", "陈志强", "李卫民", "张建国"]


@pytest.mark.parametrize("address", [CLASHES, f"{CLASHES}?about=none", ROLLS])
def test_reports_are_the_offices_and_cost_the_same_with_more_rows(
    client_for: Signed, bureau_staff: User, sysadmin: User, secretary: User, branch: Branch, address: str
) -> None:  # fmt: skip
    assert client_for(sysadmin).get(address).status_code == 403
    assert client_for(secretary).get(address).status_code == 404
    client = client_for(bureau_staff)
    numbers = []
    for _ in range(2):
        make_member(branch)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] <= 12
    assert Member.objects.count() == 2
