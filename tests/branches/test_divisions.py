"""``import_divisions``: whole or not at all, again without change, moves and names followed."""

import errno
import gzip
import json
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from branches.actions import check_trees, import_divisions
from branches.divisions import read
from branches.models import Area, Branch, Region
from branches.refusal import FileRefused
from core.models import AuditEvent, User

PROVINCE = """code,name,parent_code
990000000000,演示省,
990100000000,云江市,990000000000
990101000000,青澜区,990100000000
990102000000,云岭区,990100000000
990101001000,东城街道,990101000000
990101002000,南湖街道,990101000000
990101001001,槐荫社区,990101001000
990101001002,柳岸社区,990101001000
990101001001001,第一小组,990101001001
990101001001001001,第一网格,990101001001001
"""


@pytest.fixture
def write(tmp_path: Path):
    """Write a file and give its path."""

    def written(content: str | bytes, name: str = "divisions.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def load(path: Path) -> dict[str, int]:
    return import_divisions(by=None, file=read(path))


def faults(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(FileRefused) as refusal:
        load(path)
    return [(problem.row, problem.code) for problem in refusal.value.problems]


def test_a_province_is_loaded_level_by_level(db, write) -> None:
    assert load(write(PROVINCE)) == {
        "provinces": 1,
        "cities": 1,
        "districts": 2,
        "streets": 2,
        "communities": 2,
        "groups": 1,
        "grids": 1,
        "created": 10,
        "updated": 0,
        "unchanged": 0,
    }
    assert [(r.code, r.level) for r in Region.objects.all()] == [
        ("990000000000", 1),
        ("990100000000", 2),
    ]
    grid = Area.objects.get(code="990101001001001001")
    assert [area.name for area in grid.get_ancestors()] == [
        "青澜区",
        "东城街道",
        "槐荫社区",
        "第一小组",
    ]
    assert (grid.path, grid.level) == ("00000000000000000000", 5)
    assert Area.objects.get(name="云岭区").path == "0001"
    assert sum(check_trees()["areas"].values()) == 8
    event = AuditEvent.objects.get(act="导入区划")
    assert event.note == "新增10个，修改0个"


def test_the_same_file_again_changes_nothing(db, write) -> None:
    load(write(PROVINCE))
    before = list(Area.objects.values_list())
    counts = load(write(gzip.compress(PROVINCE.encode("gb18030")), "again.csv.gz"))
    assert (counts["created"], counts["updated"], counts["unchanged"]) == (0, 0, 10)
    assert list(Area.objects.values_list()) == before
    assert AuditEvent.objects.filter(act="导入区划").count() == 1


def test_a_file_may_begin_at_a_district_or_below_what_is_stored(db, write) -> None:
    district = "code,name,parent_code\n990101000000,青澜区,\n990101001000,东城街道,990101000000\n"
    assert load(write(district))["districts"] == 1
    street = "code,name,parent_code\n990101001001,槐荫社区,990101001000\n"
    assert load(write(street))["created"] == 1
    assert Area.objects.get(code="990101001001").path == "000000000000"


def test_names_and_places_are_followed_and_the_rest_is_left_alone(db, write) -> None:
    load(write(PROVINCE))
    branch_path = Area.objects.get(code="990101001001").path
    changed = (
        "code,name,parent_code\n"
        "990102000000,云岭新区,\n"
        "990101001000,东城街道,990102000000\n"
        "990101002001,新荷社区,990101002000\n"
    )
    counts = load(write(changed))
    assert (counts["created"], counts["updated"], counts["unchanged"]) == (1, 2, 0)
    moved = Area.objects.get(code="990101001001")
    assert moved.path != branch_path
    assert [area.name for area in moved.get_ancestors()] == ["云岭新区", "东城街道"]
    assert Area.objects.filter(name="柳岸社区").exists()
    assert set(check_trees()["areas"].values()) == {0, 9}


def test_a_move_takes_branches_along(write, branch: Branch, far_district: Area) -> None:
    street = branch.area.parent
    load(write(f"code,name,parent_code\n{street.code},{street.name},{far_district.code}\n"))
    branch.refresh_from_db()
    assert branch.area_path == Area.objects.get(pk=branch.area_id).path
    assert branch.area_path.startswith(far_district.path)
    assert set(check_trees()["copies"].values()) == {0}


def test_paths_may_change_places_in_one_file(db, write) -> None:
    load(write(PROVINCE))
    swapped = (
        "code,name,parent_code\n"
        "990101001000,东城街道,990102000000\n"
        "990101002000,南湖街道,990101000000\n"
        "990101003000,北岭街道,990101000000\n"
        "990101001001,槐荫社区,990101003000\n"
        "990101001002,柳岸社区,990101002000\n"
    )
    load(write(swapped))
    assert set(check_trees()["areas"].values()) == {0, 9}
    assert not Area.objects.get(name="东城街道").get_children().exists()


BROKEN = {
    "unknown parent": ("990101002002,甲社区,990101009000\n", [(12, "unknown_parent")]),
    "unknown city": ("990301000000,甲区,990300000000\n", [(12, "unknown_parent")]),
    "duplicate": ("990101002000,南湖街道,990101000000\n", [(12, "duplicate")]),
    "loop": (
        "990101005001001,甲组,990101005001002\n990101005001002,乙组,990101005001001\n",
        [(12, "loop")],
    ),
    "own parent": ("990101005000,甲街道,990101005000\n", [(12, "loop")]),
    "level skipped": ("990101005001,甲社区,990101000000\n", [(12, "level")]),
    "two levels skipped": ("990101005001,甲社区,990100000000\n", [(12, "level")]),
    "group below a street": ("990101005001001,甲组,990101001000\n", [(12, "level")]),
    "grid below a community": ("990101001002001001,甲格,990101001002\n", [(12, "level")]),
    "below a grid": ("990101001001001002,甲,990101001001001001\n", [(12, "too_deep")]),
    "street without parent": ("990101005000,甲街道,\n", [(12, "no_parent")]),
    "another city's district": ("990201000000,甲区,990100000000\n", [(12, "prefix")]),
    "no name": ("990101005000,,990101000000\n", [(12, "blank")]),
    "no code": (",甲街道,990101000000\n", [(12, "blank")]),
    "bad code": ("99010100500,甲街道,990101000000\n", [(12, "code")]),
    "letters": ("99010100500A,甲街道,990101000000\n", [(12, "level")]),
    "long name": (f"990101005000,{'长' * 51},990101000000\n", [(12, "too_long")]),
    "ragged": ("990101005000,甲街道\n", [(12, "columns")]),
    "open quote": ('990101005000,"甲街道,990101000000\n', [(12, "csv")]),
    "below a bad code": (
        "99010100500,甲街道,990101000000\n990101005001,甲社区,99010100500\n",
        [(12, "code")],
    ),
    "below a ragged row": (
        "990101005000,甲街道\n990101005001,甲社区,990101005000\n",
        [(12, "columns")],
    ),
    "all kinds of faults at once": (
        (
            "990101002000,南湖街道,990101009000\n990101005000,,990101000000\n"
            ",甲街道,990101008000\n990101007000,乙街道,990101009000\n"
            "990101006001,丙社区,990101000000\n990101006002,丁社区\n"
            "99010100600,戊街道,990101000000\n"
        ),
        [
            *((12, "duplicate"), (12, "unknown_parent"), (13, "blank")),
            *((14, "blank"), (14, "unknown_parent"), (15, "unknown_parent")),
            *((16, "level"), (17, "columns"), (18, "code")),
        ],
    ),
    "many at once": (
        "990101005000,甲街道,990109000000\n990101002001,乙社区,990101000000\n",
        [(12, "unknown_parent"), (13, "level")],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_whole(db, write, case: str) -> None:
    added, expected = BROKEN[case]
    assert faults(write(PROVINCE + added)) == expected
    assert not Area.objects.exists()
    assert not Region.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "header"),
        (b"code,name,parent_code\n", "empty"),
        ("编码,名称,上级\n1,2,3\n".encode(), "header"),
        (b"code,name\n990101000000,x\n", "header"),
        (PROVINCE.encode("utf-16"), "encoding"),
        (PROVINCE.encode() + b"\xff\xff", "encoding"),
        (gzip.compress(PROVINCE.encode(), mtime=0)[:40], "unreadable"),
    ],
)
def test_what_is_no_such_file_is_refused(db, write, content: bytes, code: str) -> None:
    assert faults(write(content)) == [(0, code)]


def test_a_machine_at_its_end_is_no_fault_of_the_file(db, write, monkeypatch) -> None:
    file = write(gzip.compress(PROVINCE.encode(), mtime=0), "divisions.csv.gz")
    full = OSError(errno.ENOMEM, "Cannot allocate memory")
    monkeypatch.setattr(gzip.GzipFile, "read", Mock(side_effect=full))
    with pytest.raises(OSError, match="allocate"):
        read(file)


def test_those_below_keep_their_level(db, write) -> None:
    load(write(PROVINCE))
    two_groups = (
        "code,name,parent_code\n"
        "990101001001002,第二小组,990101001001\n"
        "990101001001001,第一小组,990101001001002\n"
    )
    assert faults(write(two_groups)) == [(3, "below")]


def test_the_command_counts_in_json(db, write) -> None:
    out = StringIO()
    call_command("import_divisions", str(write(PROVINCE)), "--json", stdout=out)
    counts = json.loads(out.getvalue())
    assert (counts["created"], counts["communities"]) == (10, 2)
    assert {"seconds", "startup_seconds"} < set(counts)


def test_the_command_counts_in_chinese(db, write) -> None:
    out = StringIO()
    call_command("import_divisions", str(write(PROVINCE)), stdout=out)
    assert "街道：2\n" in out.getvalue()
    assert "新增：10\n" in out.getvalue()


def test_the_command_lists_every_fault_and_exits_2(db, write) -> None:
    path = write(PROVINCE + BROKEN["many at once"][0])
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("import_divisions", str(path), stdout=out, stderr=err)
    assert refusal.value.returncode == 2
    assert err.getvalue().splitlines() == [
        "第12行：上级区划990109000000不在文件里，系统里也没有，请检查代码。",
        "第13行：社区的上级必须是街道，不能是区县，请检查上级区划代码。",
    ]
    with pytest.raises(CommandError):
        call_command("import_divisions", str(path), "--json", stdout=out, stderr=err)
    assert [problem["row"] for problem in json.loads(out.getvalue())["problems"]] == [12, 13]


def test_a_file_that_is_missing_or_locked_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(tmp_path / "no.csv") == [(0, "missing")]
    assert faults(tmp_path) == [(0, "missing")]
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError))
    (path := tmp_path / "a.csv").touch()
    assert faults(path) == [(0, "forbidden")]


def test_the_bureau_of_a_district_finds_its_import_in_the_trail(
    district: Area, bureau_staff: User, outsider: User, write
) -> None:
    rows = (
        f"code,name,parent_code\n{district.code},青澜区,\n990101009000,新港街道,{district.code}\n"
    )
    import_divisions(by=bureau_staff, file=read(write(rows)))
    event = AuditEvent.objects.get(act="导入区划")
    assert event.area_path == district.path
    assert AuditEvent.objects.visible_to(bureau_staff).filter(pk=event.pk).exists()
    assert not AuditEvent.objects.visible_to(outsider).filter(pk=event.pk).exists()
