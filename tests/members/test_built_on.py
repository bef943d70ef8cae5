"""What stands in the way of taking back is told with those names only that the reader may see."""

import pytest
from django.core.exceptions import ValidationError

from members.built_on import SCOPE, Obstacle, refuse_if
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
WHAT = "又办了别的事"


@pytest.mark.parametrize(
    ("what", "number", "ours", "others", "said"),
    [
        (WHAT, 1, 1, 0, "张0"),
        (WHAT, 3, 2, 1, "张0、张1；另有1人（不在您的管理范围）"),
        (WHAT, 2, 0, 2, "2人（不在您的管理范围）"),
        (SCOPE, 2, 0, 2, "2人"),
        (WHAT, 1_200, 1, 0, "张0等1,200人"),
        (WHAT, 1_200, 1, 1, "张0等1,200人，有的不在您的管理范围"),
    ],
)
def test_only_who_is_seen_is_named(
    bureau_staff, branch, far_branch, what, number, ours, others, said
):
    members = [make_member(branch, f"张{each}") for each in range(ours)]
    members += [make_member(far_branch, "远方客") for _ in range(others)]
    found = [Obstacle(what, number, [member.pk for member in members])]
    with pytest.raises(ValidationError) as refused:
        refuse_if(found, by=bureau_staff)
    assert refused.value.messages[1:] == [f"{what}：{said}。"]


def test_nothing_found_refuses_nothing(bureau_staff):
    refuse_if([], by=bureau_staff)
