"""``check_trees`` proves what is derived against the parents, and the repair puts it right."""

import json
import random
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from branches.actions import (
    check_trees,
    create_area,
    create_branch,
    move_area,
    repair_trees,
)
from branches.enums import AreaLevel, BranchKind
from branches.models import Area, Branch
from core.enums import RunState
from core.models import AuditEvent, BackgroundRun
from core.runs import run_now, start_run
from core.runs.registry import nightly_kinds
from tests.factories.branches import make_area, make_branch, make_district, reorganise


def faults() -> int:
    return sum(
        count for part in check_trees().values() for kind, count in part.items() if kind != "nodes"
    )


def spoil(table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")  # noqa: S608 -- the test's own words


def test_sound_trees_have_no_faults(
    street: Area, community: Area, group: Branch, far_branch: Branch
) -> None:
    assert check_trees() == {
        "areas": {"nodes": 6, "bounds": 0, "depth": 0, "path": 0, "level": 0, "loop": 0},
        "branches": {"nodes": 3, "bounds": 0, "depth": 0, "path": 0, "level": 0, "loop": 0},
        "copies": {"branches.branch.area_path": 0, "members.member.area_path": 0},
    }


@pytest.mark.parametrize(
    ("table", "change", "part", "kind"),
    [
        ("branches_area", "lft = lft + 1 WHERE depth = 2", "areas", "bounds"),
        ("branches_area", "tree_id = 1", "areas", "bounds"),
        ("branches_area", "depth = 0 WHERE depth = 1", "areas", "depth"),
        ("branches_area", "path = 'ZZZZ' || path WHERE depth = 1", "areas", "path"),
        ("branches_area", "path = '~' || id", "areas", "path"),
        ("branches_area", "level = 3 WHERE depth = 1", "areas", "level"),
        ("branches_branch", "lft = 0, rght = 0", "branches", "bounds"),
        ("branches_branch", "path = 'x' || path WHERE depth = 1", "branches", "path"),
        ("branches_branch", "area_path = '0000'", "copies", "branches.branch.area_path"),
    ],
)
def test_every_kind_of_damage_is_found_and_repaired(
    group: Branch, far_branch: Branch, table: str, change: str, part: str, kind: str
) -> None:
    before = list(Branch.objects.order_by("pk").values_list("pk", "area__code", "parent__code"))
    spoil(table, change)
    assert check_trees()[part][kind] > 0
    assert repair_trees(by=None) > 0
    assert faults() == 0
    assert repair_trees(by=None) == 0
    after = list(Branch.objects.order_by("pk").values_list("pk", "area__code", "parent__code"))
    assert after == before
    assert AuditEvent.objects.filter(act="修复组织树").count() == 1


def test_paths_that_are_right_stay_when_others_are_wrong(street: Area, community: Area) -> None:
    other = make_area(street)
    spoil("branches_area", f"path = 'ZZZZ' || path WHERE id = {other.pk}")
    repair_trees(by=None)
    for area in (street, community):
        path = area.path
        area.refresh_from_db()
        assert area.path == path


def test_a_loop_is_reported_and_left(street: Area, community: Area, far_street: Area) -> None:
    spoil("branches_area", f"parent_id = {community.pk} WHERE id = {street.pk}")
    assert check_trees()["areas"]["loop"] == 2
    with pytest.raises(CommandError, match="有2处问题") as failure:
        call_command("check_trees", "--repair", stdout=StringIO())
    assert failure.value.returncode == 1


def test_the_command_tells_and_repairs(community: Area, branch: Branch) -> None:
    spoil("branches_area", "lft = 9 WHERE depth = 2")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_trees", stdout=out)
    assert "左右边界不对：1处" in out.getvalue()
    out = StringIO()
    call_command("check_trees", "--repair", stdout=out)
    assert out.getvalue().startswith("改正了1处。\n区划：3个\n")
    out = StringIO()
    call_command("check_trees", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["faults"], report["repaired"], report["areas"]["nodes"]) == (0, 0, 3)


def test_whatever_the_actions_do_the_trees_stay_sound(db: Any) -> None:
    """300 random acts, refused ones included, on both trees."""
    chance = random.Random(20261122)
    areas = [make_district(), make_district()]
    branches: list[Branch] = [make_branch(areas[0], kind=BranchKind.PARTY_COMMITTEE)]
    kinds = [BranchKind.GENERAL_BRANCH, BranchKind.BRANCH, BranchKind.PARTY_GROUP]
    for step in range(300):
        area, other = chance.choice(areas), chance.choice(areas)
        branch, parent = chance.choice(branches), chance.choice([None, *branches])
        try:
            match step % 5:
                case 0 | 1:
                    areas.append(
                        make_area(area) if area.level < AreaLevel.GRID else make_district()
                    )
                case 2:
                    move_area(by=None, area=area, parent=other)
                case 3:
                    kind = chance.choice(kinds)
                    branches.append(make_branch(area, kind=kind, parent=parent))
                case 4:
                    reorganise(branch, parent=parent)
        except ValidationError:
            continue
    assert faults() == 0
    assert len(areas) > 100
    assert len(branches) > 20


def test_a_full_parent_gives_out_the_lowest_gap(street: Area, community: Area) -> None:
    spoil("branches_area", f"path = '{street.path}ZZZZ' WHERE id = {community.pk}")
    assert make_area(street).path == street.path + "0000"
    assert make_area(street).path == street.path + "0001"


def test_refused_writes_leave_nothing(district: Area, branch: Branch, community: Area) -> None:
    with pytest.raises(ValidationError):
        create_area(by=None, code="990101003000", name="", level=2, parent=district)
    with pytest.raises(ValidationError):
        create_branch(by=None, code="", name="x", kind=BranchKind.BRANCH, area=community)
    with pytest.raises(ValidationError, match="没有这种组织类别"):
        create_branch(by=None, code="1", name="x", kind="branch.none", area=community)
    assert faults() == 0
    assert Area.objects.count() == 3


def test_the_nightly_work_repairs_and_says_so(
    branch: Branch, caplog: pytest.LogCaptureFixture
) -> None:
    assert tonight("1").result == {"repaired": 0}
    assert caplog.messages == []
    spoil("branches_branch", "lft = 9")
    assert tonight("2").result == {"repaired": 1}
    assert caplog.messages == ["check_trees: 1 rows differed from their parents and were repaired"]
    assert faults() == 0


def test_a_loop_that_the_night_finds_is_work_that_failed(street: Area, community: Area) -> None:
    spoil("branches_area", f"parent_id = {community.pk} WHERE id = {street.pk}")
    run = tonight("1")
    assert run.state == RunState.FAILED
    assert run.error.startswith("有2个区划或党组织的上下级绕成了圈")


def tonight(key: str) -> BackgroundRun:
    """Carry out the night's check as the sweeper has it done, broker or not."""
    return run_now(start_run(by=None, kind="nightly.check_trees", key=key, ring=False))


def test_the_check_is_due_every_night() -> None:
    assert "nightly.check_trees" in nightly_kinds()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Area, Branch])
def test_no_index_holds_the_bounds(model: type[Area] | type[Branch]) -> None:
    """An index on them makes each insert on the left ten times slower on PostgreSQL."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    indexed = {column for each in found.values() if each["index"] for column in each["columns"]}
    assert "tree_id" in indexed
    assert indexed.isdisjoint({"lft", "rght", "depth"})
