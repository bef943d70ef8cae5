"""Two who share a telephone and come to it in the same moment: one signs in by it, both have what they came for."""

from typing import Any

import pytest

from branches.models import Branch
from core.models import User
from members.actions import account, open_account, update_member
from members.actions import member as members
from members.models import Member
from tests.factories.members import make_member
from tests.members.test_writers_at_once import Meeting

pytestmark = pytest.mark.django_db(transaction=True)
SHARED, OLD = "16100000001", "16100000002"


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    return Meeting(monkeypatch)


@pytest.fixture
def couple(branch: Branch) -> list[Member]:
    return [make_member(branch, name, phone=SHARED) for name in ("张建国", "李秀英")]


def phones() -> list[str]:
    """The telephones by which the couple signs in."""
    return sorted(user.phone for user in User.objects.filter(member__isnull=False))


def test_both_get_an_account_and_one_signs_in_by_the_telephone(
    meeting: Meeting, couple: list[Member], superuser: User
) -> None:
    meeting.pause_after(account, "_new_account")

    def opens(member: Member) -> Any:
        return lambda: open_account(by=superuser, member=member)

    assert meeting.of(*map(opens, couple)) == []
    assert phones() == ["", SHARED]


def test_both_get_the_new_telephone_and_one_signs_in_by_it(
    meeting: Meeting, branch: Branch, superuser: User
) -> None:
    pair = [
        make_member(branch, name, phone=phone)
        for name, phone in (("张建国", OLD), ("李秀英", "16100000003"))
    ]
    for each in pair:
        open_account(by=superuser, member=each)
    meeting.pause_after(members, "follow_phone")

    def changes(member: Member) -> Any:
        fresh = Member.objects.get(pk=member.pk)
        return lambda: update_member(
            by=superuser, member=fresh, version=fresh.version, phone=SHARED
        )

    assert meeting.of(*map(changes, pair)) == []
    assert [each.phone for each in Member.objects.order_by("pk")] == [SHARED, SHARED]
    assert phones() == [SHARED, "16100000003"]
