"""manage.py make_demo: written, safe to repeat, removable without a trace."""

import datetime as dt
import re
from io import StringIO
from typing import Any
from unicodedata import east_asian_width

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F

from activities.enums import ActivityState, AttendanceState
from activities.models import Activity, Attendance
from branches.actions import check_trees
from branches.enums import AreaLevel, BranchKind, Role
from branches.models import Appointment, Area, Branch, Region
from core.models import AuditEvent, User
from members.models import Affiliation, Member
from portal.demo import accounts
from portal.demo.build import build
from portal.demo.recipe import recipe
from tests.cast import TODAY
from tests.factories.branches import (
    make_area,
    make_branch,
    make_district,
    make_post,
    make_user,
    reorganise,
)
from tests.shots import LOGIN

pytestmark = pytest.mark.django_db


def make_demo(*options: str) -> str:
    """Run the command and return what it says."""
    said = StringIO()
    call_command("make_demo", *options, stdout=said)
    return said.getvalue()


def counts() -> dict[str, int]:
    """Return the number of rows of every table but the audit trail."""
    tables = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: model._base_manager.count()
        for model in tables
        if model is not AuditEvent
    }


@pytest.fixture
def demo(db: None) -> None:
    """The district of size S."""
    build(recipe("S", TODAY))


@pytest.mark.usefixtures("demo")
def test_everything_that_can_say_so_is_marked() -> None:
    marked = [
        model
        for model in apps.get_models()
        if any(field.name == "is_demo" for field in model._meta.fields)
    ]

    assert {Activity, Area, Branch, Member, Region, User} <= set(marked)
    assert [
        model for model in marked if model._default_manager.filter(is_demo=False).exists()
    ] == []


@pytest.mark.usefixtures("demo")
def test_the_register_is_whole() -> None:
    assert Member.objects.on_register().count() == 120
    assert Affiliation.objects.current().filter(kind="HOME").count() == 120
    assert not Member.objects.exclude(area_path=F("branch__area_path")).exists()
    assert not Member.objects.filter(name_initials="").exists()
    assert Member.objects.exclude(missing_fields="").exists()
    grids = Area.objects.filter(level=AreaLevel.GRID)
    assert grids.count() == 16
    assert [grid for grid in grids if not (grid.grid_worker and grid.buildings)] == []
    assert {grid.grid_phone[:3] for grid in grids} == {"161"}
    assert Affiliation.objects.filter(kind="ALLIANCE", document="“同心圆”党建联盟").exists()
    ending = Appointment.objects.exclude(ended_on=None)
    assert [post.ended_on for post in ending] == [TODAY + dt.timedelta(days=35)]


@pytest.mark.usefixtures("demo")
def test_members_are_found_by_their_sealed_number() -> None:
    member = Member.objects.first()
    assert member is not None
    digest = Member._meta.get_field("id_number_index").digest(member.id_number)

    assert Member.objects.get(id_number_index=digest) == member
    assert member.id_number.startswith("990101")


@pytest.mark.usefixtures("demo")
def test_attendance_is_believable() -> None:
    frail = Attendance.objects.filter(member__needs_home_study=True)

    assert not frail.filter(state=AttendanceState.ABSENT).exists()
    assert frail.filter(state=AttendanceState.HOME).exists()
    assert Attendance.objects.elsewhere().exists()
    assert not Attendance.objects.filter(activity__state=ActivityState.PLANNED).exists()
    for held in Activity.objects.held():
        assert held.steps
        assert held.cost == 10 * held.took_part
    assert not Attendance.objects.filter(at__date__lt=dt.date(2026, 1, 1)).exists()


@pytest.mark.usefixtures("demo")
def test_one_login_for_each_role() -> None:
    logins = accounts.logins()
    users = {login.role: User.objects.get_by_natural_key(login.username) for login in logins}

    assert [login.role for login in logins] == list(Role)
    assert all(login.is_current for login in logins)
    assert all(users[login.role].check_password(login.password) for login in logins)
    assert all(role in user.roles for role, user in users.items())
    branch = users[Role.SECRETARY].member.branch
    assert branch is not None
    assert branch.theme_day is not None


def test_passwords_are_kept_as_everybody_s_are(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    build(recipe("S", TODAY))
    login = accounts.logins()[0]
    user = User.objects.get_by_natural_key(login.username)

    assert user.password.startswith("argon2$argon2id$")
    assert login.is_current
    assert user.check_password(login.password)


@pytest.mark.usefixtures("demo")
def test_a_changed_password_is_not_shown() -> None:
    login = accounts.logins()[0]
    user = User.objects.get_by_natural_key(login.username)
    user.set_password("something-else-1")
    user.save()

    said = make_demo("--logins")

    assert login.password not in said
    assert "（密码已被修改）" in said


@pytest.mark.usefixtures("demo")
def test_the_logins_stand_in_straight_columns_under_their_headings() -> None:
    _, headings, *lines = make_demo("--logins").splitlines()

    def starts(line: str) -> list[int]:
        wide = "".join(char * (1 + (east_asian_width(char) in "WF")) for char in line)
        return [match.start() for match in re.finditer(r"[^\s　]+", wide)]

    assert headings.split() == ["角色", "登录名", "口令", "在哪里"]
    assert {tuple(starts(line)) for line in lines} == {tuple(starts(headings))}
    assert [LOGIN.match(line) is None for line in (headings, *lines)] == [True] + [False] * 8


def test_again_changes_nothing() -> None:
    first = make_demo("--size", "S")
    before = counts()
    second = make_demo("--size", "S")

    assert "党员 120 名" in first
    units = sum(Branch.objects.unit_counts().values())
    assert f"三缘型临时党组织，{units} 个。" in first
    assert "没有改动。要重做，先运行 .venv/bin/python manage.py make_demo --remove\n" in second
    assert counts() == before


def test_removing_leaves_no_row_and_keeps_the_trail() -> None:
    before = counts()
    make_demo("--size", "S")

    make_demo("--remove")

    assert counts() == before
    acts = AuditEvent.objects.order_by("pk").values_list("act", flat=True)
    assert acts.last() == "删除演示数据"
    assert "装入演示数据" in acts
    assert make_demo("--logins") == (
        "没有演示账号。要装入演示数据，运行 .venv/bin/python manage.py make_demo\n"
    )


def test_removing_takes_what_was_tried_out_and_leaves_real_rows(real: dict[str, Any]) -> None:
    before = counts()
    build(recipe("S", TODAY))
    demo_branch = Branch.objects.filter(is_demo=True, theme_day__isnull=False).first()
    community = Area.objects.filter(is_demo=True, level=AreaLevel.COMMUNITY).first()
    assert demo_branch is not None
    assert community is not None
    tried = Member.objects.create(name="试用", branch=demo_branch)
    Affiliation.objects.create(member=tried, branch=demo_branch, kind="HOME")
    Affiliation.objects.create(member=real["member"], branch=demo_branch, kind="COMMUNITY")
    Member.objects.filter(pk=real["member"].pk).update(community=community)
    make_post(Role.SECRETARY, demo_branch, real["user"])
    tried_branch = make_branch(community, "试用支部", parent=real["root"])

    with pytest.raises(CommandError, match="党组织 1 条、党员 1 条。什么也没有删除"):
        make_demo("--remove")
    assert Branch.objects.filter(pk=tried_branch.pk).exists()

    make_demo("--remove", "--with-others")

    assert counts() == before
    assert [kind for part in check_trees().values() for kind, n in part.items() if n] == [
        "nodes",
        "nodes",
    ]
    real["member"].refresh_from_db()
    assert real["member"].community is None
    assert list(Appointment.objects.all()) == [real["post"]]


def test_removing_leaves_the_tree_that_a_demonstration_branch_was_moved_into(
    real: dict[str, Any],
) -> None:
    before = counts()
    build(recipe("S", TODAY))
    demo_branch = Branch.objects.filter(is_demo=True, theme_day__isnull=False).first()
    assert demo_branch is not None
    reorganise(demo_branch, parent=real["root"])

    make_demo("--remove")

    assert counts() == before
    assert Member.objects.get() == real["member"]
    assert [kind for part in check_trees().values() for kind, n in part.items() if n] == [
        "nodes",
        "nodes",
    ]


@pytest.fixture
def real(db: None) -> dict[str, Any]:
    """A real district with one member and one official."""
    district = make_district("云岭区", "320202000000")
    street = make_area(district, "北岭街道")
    root = make_branch(street, "工委", kind=BranchKind.WORKING_COMMITTEE)
    branch = make_branch(street, "松涛支部", parent=root)
    member = Member.objects.create(name="真实", branch=branch, area_path=branch.area_path)
    Affiliation.objects.create(member=member, branch=branch, kind="HOME")
    user = make_user("official")
    post = make_post(Role.BUREAU, district, user)
    return {"root": root, "member": member, "user": user, "post": post}
