"""The page on which one looks at what each column was taken for."""

import pytest

from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, upload

pytestmark = pytest.mark.django_db
STRANGE = "没认出，请指一下是什么"


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def hints_of(answer):
    """Return what stands below each column, by its heading."""
    return {field.label: field.help_text for field in answer.context["form"]}


def test_a_column_that_was_not_recognised_is_told_from_one_that_nobody_needs(office, branch):
    answer = upload(
        office,
        f"序号,姓名,公民身份号码,支部代码,是否空巢,老伴,备注2\n1,张建国,{number(1)},QL0001,否,健在,甲\n",
    )
    hints = hints_of(answer)
    marked = [heading for heading, hint in hints.items() if STRANGE in hint]
    assert marked == ["老伴"]
    assert hints["老伴"].endswith("例：健在。")
    assert f"<strong>{STRANGE}；不用导入的不用管。</strong>" in answer.text


def test_a_column_that_was_left_out_in_so_many_words_is_not_asked_about_again(office, branch):
    heading = "姓名,公民身份号码,支部代码,老伴\n"
    for order, field in enumerate(("remark", ""), 1):
        answer = upload(office, f"{heading}张建国,{number(order)},QL0001,健在\n")
        chosen = {name: field.initial for name, field in answer.context["form"].fields.items()}
        act(office, RosterBatch.objects.latest("pk"), "columns", **chosen | {"column3": field})
    again = upload(office, f"{heading}李秀英,{number(3)},QL0001,健在\n")
    assert hints_of(again)["老伴"].startswith("例：健在。上次这样认的")
