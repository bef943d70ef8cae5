"""Code tables by what people write."""

import pytest
from django.utils import timezone

from core.codes import CodeBook, code_of, names
from core.models import Code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["汉", "汉族", "01", "1", "０１", " 汉 族 "])
def test_every_way_to_write_han(typed):
    assert code_of("ethnicity", typed) == "01"


@pytest.mark.parametrize(
    ("table", "typed", "code"),
    [
        ("gender", "女", "2"),
        ("gender", "M", "1"),
        ("gender", "ｆ", "2"),
        ("education", "大专", "30"),
        ("education", "本科", "20"),
        ("empty_nest", "空巢(夫妻)", "1"),
        ("empty_nest", "空巢（夫妻）", "1"),
        ("lost_contact", "⑤", "5"),
        ("self_care", "a", "A"),
        ("member_kind", "预备党员", "PROBATIONARY"),
        ("ethnicity", "火星族", None),
        ("ethnicity", "", None),
    ],
)
def test_names_codes_and_aliases(table, typed, code):
    assert code_of(table, typed) == code


@pytest.mark.parametrize("out_of_use", [{"is_active": False}, {"valid_from": "2062-01-01"}])
def test_names_keep_the_order_and_the_codes_out_of_use(out_of_use):
    """Laid aside, or begun on a later day only; whoever has one keeps its name."""
    Code.objects.filter(table="gender", code="9").update(**out_of_use)
    assert list(names("gender").values()) == ["未知", "男", "女", "未说明"]
    assert code_of("gender", "未说明") is None
    assert CodeBook("gender").choices("gender") == [("0", "未知"), ("1", "男"), ("2", "女")]


def test_a_code_may_be_chosen_from_its_first_day_on():
    Code.objects.filter(table="gender", code="9").update(valid_from=timezone.localdate())
    assert code_of("gender", "未说明") == "9"


def test_a_book_of_many_tables_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        book = CodeBook("gender", "ethnicity", "education")
        assert book.name("ethnicity", "56") == "基诺族"
        assert book.name("ethnicity", "77") == "77"
        assert book.code("education", "博士毕业") == "11"
