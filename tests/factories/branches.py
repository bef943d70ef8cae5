"""Territory, branches and posts for tests, made by the same actions as in the portal."""

import datetime as dt
import itertools
from typing import Any

from branches.actions import appoint, create_area, create_branch, reorganise_branch
from branches.enums import AreaLevel, BranchKind, Role
from branches.models import Appointment, Area, Branch
from core.fields import prefix_range
from core.models import User

_numbers = itertools.count(1)


def make_district(name: str = "", code: str = "") -> Area:
    """One district; a made-up code by default (99 is no province)."""
    number = next(_numbers)
    code = code or f"99{number // 99 % 99 + 1:02d}{number % 99 + 1:02d}000000"
    return create_area(by=None, code=code, name=name or f"测试{number}区", level=AreaLevel.DISTRICT)


def make_area(parent: Area, name: str = "") -> Area:
    """The next area below PARENT, with a fitting code."""
    level = AreaLevel(parent.level + 1)
    code = _next_code(parent, level)
    return create_area(
        by=None, code=code, name=name or f"{code}{level.label}", level=level, parent=parent
    )


def make_branch(
    area: Area,
    name: str = "",
    *,
    kind: str = BranchKind.BRANCH,
    parent: Branch | None = None,
    founded_on: dt.date | None = dt.date(2016, 11, 1),
    **fields: Any,
) -> Branch:
    """One branch on AREA."""
    number = next(_numbers)
    return create_branch(
        by=None,
        code=fields.pop("code", f"T{number:06d}"),
        name=name or f"测试第{number}离退休干部党支部",
        kind=kind,
        area=area,
        parent=parent,
        founded_on=founded_on,
        **fields,
    )


def reorganise(branch: Branch, *, by: User | None = None, **wanted: Any) -> Branch:
    """BRANCH with the name, kind, superior or area WANTED, since 2020."""
    day = dt.date(2020, 1, 1)
    return reorganise_branch(by=by, branch=branch, on=day, document="测试文件", **wanted)


def make_user(username: str = "", *, display_name: str = "", **fields: Any) -> User:
    """One account with the password ``银辉-测试-2026``."""
    number = next(_numbers)
    return User.objects.create_user(
        username or f"u{number:06d}",
        "银辉-测试-2026",
        display_name=display_name or f"测试员{number}",
        **fields,
    )


def make_post(
    role: str, place: Area | Branch | None = None, user: User | None = None, **fields: Any
) -> Appointment:
    """One post, in force since 2020 by default; the user is made when none is given."""
    return appoint(
        by=None,
        user=user or make_user(),
        role=Role(role),
        area=place if isinstance(place, Area) else None,
        branch=place if isinstance(place, Branch) else None,
        **{"started_on": dt.date(2020, 1, 1)} | fields,
    )


def _next_code(parent: Area, level: AreaLevel) -> str:
    kept = {AreaLevel.STREET: 6, AreaLevel.COMMUNITY: 9}.get(level, len(parent.code))
    above = parent.code[:kept]
    below = Area.objects.filter(prefix_range("code", above), level=level).order_by("-code")
    highest = below.values_list("code", flat=True).first() or f"{above}000"
    code = f"{above}{int(highest[kept : kept + 3]) + 1:03d}"
    return code.ljust(len(parent.code), "0")
