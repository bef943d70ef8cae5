"""Acts on the territory keep codes, levels, bounds, paths and copies right."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from branches.actions import (
    check_trees,
    create_area,
    import_divisions,
    move_area,
    rename_area,
)
from branches.divisions import read
from branches.enums import AreaLevel, Role
from branches.locks import TreeNotLocked
from branches.models import Area, Branch
from core import audit
from core.models import AuditEvent, User
from tests.factories.branches import make_area, make_post


def test_a_new_area_gets_the_next_path_under_its_parent(district: Area, street: Area) -> None:
    following = make_area(district)
    assert (district.path, street.path, following.path) == ("0000", "00000000", "00000001")
    assert following.depth == 1
    assert following.tree_id == district.tree_id


def test_districts_are_trees_of_their_own(district: Area, far_district: Area) -> None:
    assert district.tree_id != far_district.tree_id
    assert (district.path, far_district.path) == ("0000", "0001")


@pytest.mark.parametrize(
    ("code", "level", "field"),
    [
        ("990101000000", AreaLevel.DISTRICT, "code"),  # taken
        ("990101001", AreaLevel.STREET, "code"),
        ("990101001000", AreaLevel.COMMUNITY, "parent"),  # a level skipped
        ("990101002001", AreaLevel.STREET, "code"),  # a community's code
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    district: Area, code: str, level: int, field: str
) -> None:
    parent = None if level == AreaLevel.DISTRICT else district
    with pytest.raises(ValidationError) as refusal:
        create_area(by=None, code=code, name="甲", level=level, parent=parent)
    assert list(refusal.value.message_dict) == [field]


def test_moving_a_street_takes_subtree_branches_and_posts_along(
    street: Area, community: Area, branch: Branch, far_district: Area, bureau_staff: User
) -> None:
    move_area(by=bureau_staff, area=street, parent=far_district)
    for row in (community, branch, street, far_district):
        row.refresh_from_db()
    assert street.path == "00010000"
    assert community.path == "000100000000"
    assert branch.area_path == community.path
    assert list(far_district.get_descendants()) == [street, community]
    act = AuditEvent.objects.get(act="调整区划上级")
    assert (act.by, act.area_path) == (bureau_staff, street.path)


def test_a_street_cannot_move_into_a_community(street: Area, other_community: Area) -> None:
    with pytest.raises(ValidationError, match="街道的上级必须是区县"):
        move_area(by=None, area=street, parent=other_community)


def test_renaming_is_on_the_trail(street: Area, bureau_staff: User) -> None:
    rename_area(by=bureau_staff, area=street, name=" 东城 街道 ")
    assert Area.objects.get(pk=street.pk).name == "东城 街道"
    act = AuditEvent.objects.get(act="区划更名")
    assert (act.before, act.after) == ({"name": "东城街道"}, {"name": "东城 街道"})


def test_a_tree_row_is_not_written_without_its_lock(street: Area, far_district: Area) -> None:
    with pytest.raises(TreeNotLocked):
        street.save()
    with pytest.raises(TreeNotLocked):
        street.delete()
    with pytest.raises(TreeNotLocked):
        street.move_to(far_district)
    with pytest.raises(TreeNotLocked):
        Area.objects.filter(pk=street.pk).update(parent=far_district)
    with pytest.raises(TypeError):
        Area.objects.all().delete()
    with pytest.raises(TypeError):
        Area.objects.bulk_create([Area(code="990101009000", name="乙", level=2)])
    assert Area.objects.get(pk=street.pk).parent_id == street.parent_id


# --- paths that were given up ----------------------------------------------------------------------


def test_the_path_of_a_street_that_moved_away_is_not_given_again(
    district: Area, far_district: Area, bureau_staff: User
) -> None:
    street = make_area(district, "老街道")
    given_up = street.path
    audit.record(by=bureau_staff, act="查看完整信息", area_path=f"{given_up}0003")
    move_area(by=None, area=street, parent=far_district)
    following = make_area(district, "新街道")
    assert following.path == f"{district.path}0001"
    staff = make_post(Role.STREET, following).user
    told = AuditEvent.objects.visible_to(staff).values_list("act", flat=True)
    assert set(told) == {"新增区划", "任职"}


def test_a_file_of_divisions_does_not_give_it_again_either(
    tmp_path: Path, district: Area, far_district: Area
) -> None:
    street = make_area(district, "老街道")
    move_area(by=None, area=street, parent=far_district)
    file = tmp_path / "more.csv"
    file.write_text("code,name,parent_code\n990101002000,新街道,990101000000\n", "utf-8")
    import_divisions(by=None, file=read(file))
    assert Area.objects.get(code="990101002000").path == f"{district.path}0001"
    assert not any(
        count for part in check_trees().values() for kind, count in part.items() if kind != "nodes"
    )
