"""Paging a long register: counted so far, then its very end."""

import pytest
from django.core.paginator import EmptyPage

from core import paging
from core.models import User
from core.paging import ListPaginator, RegisterPaginator
from tests.factories.branches import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(monkeypatch):
    """Seven users in order, of whom pages of two count no further than four."""
    monkeypatch.setattr(paging, "COUNT_LIMIT", 4)
    for number in range(7):
        make_user(f"u{number}")
    return User.objects.filter(username__startswith="u").order_by("username")


def names(page):
    return [user.username for user in page]


def test_the_page_after_those_counted_is_the_end(users, django_assert_max_num_queries):
    pages = ListPaginator(users, 2)

    assert (pages.is_capped, pages.count, list(pages.page_range)) == (True, 4, [1, 2, 3])
    assert names(pages.page(2)) == ["u2", "u3"]
    with django_assert_max_num_queries(1):
        assert names(pages.page(3)) == ["u5", "u6"]
    with pytest.raises(EmptyPage):
        pages.page(4)


def test_a_register_that_is_counted_whole_ends_with_its_last_page(users):
    pages = ListPaginator(users.filter(username__lt="u3"), 2)

    assert (pages.is_capped, pages.num_pages) == (False, 2)
    assert names(pages.page(2)) == ["u2"]


def test_where_no_link_names_the_end_pages_go_on_to_what_is_counted(users):
    pages = RegisterPaginator(users, 2)

    assert (pages.is_capped, list(pages.page_range)) == (True, [1, 2])
    assert names(pages.get_page(3)) == ["u2", "u3"]
