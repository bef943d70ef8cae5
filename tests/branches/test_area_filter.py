"""To what a list may be narrowed: never to more areas than a page can hold."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from branches.admin.filters import areas_offered
from branches.enums import Role
from branches.models import Area
from core.models import User
from tests.factories.branches import make_area, make_district, make_post

pytestmark = pytest.mark.django_db


def names(user: User, chosen: Area | None = None) -> list[str]:
    """Return what is offered to USER with CHOSEN."""
    return [area.name for area in areas_offered(user, chosen.code if chosen else "")]


def test_the_office_of_one_district_is_offered_its_streets() -> None:
    district, other = make_district("甲区"), make_district("乙区")
    street, _ = make_area(district, "东街"), make_area(other, "远街")
    make_area(street, "柳社区")
    bureau = make_post(Role.BUREAU, district).user

    assert names(bureau) == ["东街"]
    assert names(bureau, street) == ["东街", "柳社区"]
    assert names(bureau, other) == ["东街"]


def test_who_sees_several_districts_is_offered_these_first(
    django_assert_num_queries: Any, client_for: Callable[[User], Client]
) -> None:
    district, other = make_district("甲区"), make_district("乙区")
    street, outside = make_area(district, "东街"), make_district("丙区")
    community = make_area(street, "柳社区")
    make_area(district, "西街")
    make_area(other, "远街")
    bureau = make_post(Role.BUREAU, district).user
    make_post(Role.BUREAU, other, bureau)

    assert names(bureau) == ["甲区", "乙区"]
    assert names(bureau, district) == ["甲区", "东街", "西街", "乙区"]
    assert names(bureau, street) == ["甲区", "东街", "柳社区", "西街", "乙区"]
    assert names(bureau, community) == ["甲区", "东街", "柳社区", "西街", "乙区"]
    assert names(bureau, outside) == ["甲区", "乙区"]
    assert bureau.standing  # read once a request
    with django_assert_num_queries(1):
        areas_offered(bureau, street.code)
    page = client_for(bureau).get("/admin/members/member/", {"area": street.code}).content.decode()
    assert "　　柳社区" in page


def test_an_area_is_chosen_beside_what_is_asked_already(
    client_for: Callable[[User], Client],
) -> None:
    district = make_district("甲区")
    street, other = make_area(district, "东街"), make_area(district, "西街")
    bureau = make_post(Role.BUREAU, district).user
    asked = {"person_kind__exact": "B", "area": other.code, "p": "1"}

    page = client_for(bureau).get("/admin/members/member/", asked).content.decode()

    assert f'href="?person_kind__exact=B&amp;area={street.code}">东街</a>' in page
    assert f'area={other.code}" aria-current="true">西街</a>' in page
    plain = client_for(bureau).get("/admin/members/member/").content.decode()
    assert f'href="?area={street.code}">东街</a>' in plain
