"""Acts on the territory. ``by`` is None for the system: commands, demo, tests."""

from branches import rules, trees
from branches.levels import LevelNames
from branches.models import Area
from core import audit
from core.models import User
from core.text import clean, squeeze


def create_area(
    *,
    by: User | None,
    code: str,
    name: str,
    level: int,
    parent: Area | None = None,
    is_demo: bool = False,
) -> Area:
    """Add one area under PARENT (None: a district). Raises ValidationError (SYS-02)."""
    with trees.lock(Area, parent):
        area = Area(code=squeeze(code).upper(), name=clean(name), level=level, is_demo=is_demo)
        above = parent.level if parent else None
        rules.check_area(code=area.code, level=level, parent_level=above, names=LevelNames())
        trees.insert(area, parent)
        _record(by, "新增区划", area, {})
    return area


def rename_area(*, by: User | None, area: Area, name: str) -> Area:
    """Give AREA another name."""
    with trees.lock(Area, area):
        before = audit.snapshot(area, ["name"])
        area.name = clean(name)
        area.full_clean(exclude=trees.DERIVED)
        area.save()
        _record(by, "区划更名", area, before)
    return area


def move_area(*, by: User | None, area: Area, parent: Area) -> Area:
    """Move AREA with everything below it under PARENT, one level above (SYS-02).

    Paths of the subtree and their copies on branches, members and others follow.
    """
    with trees.lock(Area, area, parent):
        rules.check_area(
            code=area.code, level=area.level, parent_level=parent.level, names=LevelNames()
        )
        before = audit.snapshot(area, ["parent", "path"])
        trees.move(area, parent)
        _record(by, "调整区划上级", area, before)
    return area


def _record(by: User | None, act: str, area: Area, before: dict[str, object]) -> None:
    after = audit.snapshot(area, before or ["code", "name", "level", "parent", "path"])
    audit.record(by=by, act=act, instance=area, before=before, after=after, area_path=area.path)
