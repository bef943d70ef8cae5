"""The forms of a member do not tell whose a number is to somebody who tries one after the other."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Area, Branch
from core.models import AuditEvent, RuleParameter, User
from members.forms import MemberAddForm
from members.models import Member
from members.rules.id_number import check_digit
from tests.factories.members import make_id_number, make_member
from tests.members.views.test_adding import add_page, somebody

Signed = Callable[[User], Client]
USED_UP = "今天核对证件号码的次数用完了"
ELSEWHERE = "已存在于其他组织"


@pytest.fixture
def whole(community: Area) -> Callable[..., dict[str, Any]]:
    """What is typed of a whole person whose number is of no province, as ours are."""
    return lambda number, **more: somebody(
        community, id_number=number, confirmed=["id_number:ID_AREA"], **more
    )


def test_what_a_mask_leaves_cannot_be_tried_to_the_end(
    secretary: User, branch: Branch, far_branch: Branch, whole: Callable[..., dict[str, Any]]
) -> None:
    hidden = make_member(far_branch, "王建国", id_number=make_id_number())
    tail = hidden.id_number[6:]
    areas = (f"990{order:03d}" for order in reversed(range(1000)))
    left = [area + tail for area in areas if check_digit(area + tail[:-1]) == tail[-1]]
    assert len(left) > 80
    answers = []
    for number in (*left[:24], hidden.id_number):
        form = MemberAddForm(whole(number), instance=Member(branch=branch), user=secretary)
        answers.append(str(form.errors.get("id_number", "")))
    assert [USED_UP in answer for answer in answers] == [False] * 20 + [True] * 5
    assert not any(ELSEWHERE in answer for answer in answers)


def test_a_form_that_is_not_sound_tells_nothing(
    client_for: Signed, secretary: User, branch: Branch, far_branch: Branch,
    whole: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    there = make_member(far_branch, "王志强", id_number=make_id_number())
    client = client_for(secretary)
    for sent in (whole(there.id_number, name=""), whole(there.id_number) | {"confirmed": []}):
        assert ELSEWHERE not in client.post(add_page(branch), sent).text
    assert not AuditEvent.objects.filter(act="核对证件号码").exists()


def test_each_answer_counts_and_is_on_record_until_the_day_is_used_up(
    client_for: Signed, secretary: User, branch: Branch, far_branch: Branch,
    whole: Callable[..., dict[str, Any]], time_machine: Any,
) -> None:  # fmt: skip
    time_machine.move_to("2026-11-20 10:00+08:00", tick=False)
    RuleParameter.objects.filter(key="number.taken_most_a_day").update(value="2")
    there = make_member(far_branch, "王志强", id_number=make_id_number())
    client = client_for(secretary)
    for _ in range(2):
        assert ELSEWHERE in client.post(add_page(branch), whole(there.id_number)).text
    told = AuditEvent.objects.filter(act="核对证件号码", by=secretary)
    assert [event.area_path for event in told] == [branch.area_path] * 2
    assert there.id_number not in str(list(told.values()))
    free = whole(make_id_number())
    for sent in (whole(there.id_number), free):
        page = client.post(add_page(branch), sent).text
        assert USED_UP in page
        assert "请打电话给上级老干部局" in page
        assert f'value="{sent["id_number"]}"' in page
    assert (told.count(), Member.objects.filter(branch=branch).count()) == (2, 0)
    time_machine.move_to("2026-11-21 08:00+08:00", tick=False)
    assert client_for(secretary).post(add_page(branch), free).status_code == 302


def test_who_mistypes_now_and_then_notices_nothing(
    client_for: Signed, secretary: User, branch: Branch, whole: Callable[..., dict[str, Any]]
) -> None:
    RuleParameter.objects.filter(key="number.taken_most_a_day").update(value="1")
    client = client_for(secretary)
    for _ in range(3):
        number = make_id_number()
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        for mistyped in (wrong, number[:17]):
            assert USED_UP not in client.post(add_page(branch), whole(mistyped)).text
        sent = whole(number, phone="")
        assert client.post(add_page(branch), sent).status_code == 302


def test_the_office_is_counted_on_its_pages_too(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    RuleParameter.objects.filter(key="number.taken_most_a_day").update(value="1")
    there = make_member(far_branch, "王志强", id_number=make_id_number())
    # Retired at an age that fits the number typed: nothing else is to be asked.
    retired = dt.date(2010, 2, 1)
    mine = make_member(branch, "张建国", gender="", birth_date=None, retire_date=retired)
    client = client_for(bureau_staff)
    change = reverse("admin:members_member_change", args=[mine.pk])
    form = client.get(change).context["adminform"].form
    kept = {name: form[name].value() or "" for name in form.fields if name not in ("id_number",)}
    sent = kept | {"gender": "", "birth_date": "", "id_number": there.id_number}
    sent["confirmed"] = ["id_number:ID_AREA"]
    assert ELSEWHERE in client.post(change, sent).text
    assert AuditEvent.objects.get(act="核对证件号码").object_id == str(mine.pk)
    assert USED_UP in client.post(change, sent).text
    mine.refresh_from_db()
    assert mine.id_number != there.id_number
