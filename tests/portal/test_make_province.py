"""manage.py make_demo --members: a province on real codes, written whole or not at all, removable."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from activities.enums import HELD
from activities.models import Activity, Attendance
from branches.actions import check_trees, create_area
from branches.enums import AreaLevel, BranchKind, Role
from branches.models import Area, Branch, Region
from core.models import User
from members.models import Affiliation, Member
from portal.demo import accounts, province
from tests.factories.branches import make_district
from tests.portal.test_make_demo import counts, make_demo

MEMBERS = 240
ROWS = (
    "320000000000,江苏省,\n320100000000,南京市,320000000000\n"
    "320102000000,玄武区,320100000000\n320102002000,梅园新村街道,320102000000\n"
    "320102002001,梅园新村社区居委会,320102002000\n320102002002,大圩村委会,320102002000\n"
    "320104000000,秦淮区,320100000000\n320104001000,秦虹街道,320104000000\n"
    "320104001001,秦虹社区居委会,320104001000\n"
)


@pytest.fixture
def divisions(tmp_path: Path) -> Path:
    """A small file of real codes: two districts, three communities."""
    file = tmp_path / "divisions.csv"
    file.write_text(f"code,name,parent_code\n{ROWS}", encoding="utf-8")
    return file


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few hundred members fill a province."""
    monkeypatch.setattr(province, "WHOLE", MEMBERS)
    monkeypatch.setattr(province, "BRANCH_MEMBERS", 20)


def make(divisions: Path, members: int = MEMBERS) -> str:
    """Make the province and return what the command says."""
    return make_demo("--members", str(members), "--divisions", str(divisions))


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
def test_a_province_is_whole_and_goes_without_a_trace(divisions: Path) -> None:
    before = counts()

    said = make(divisions)

    assert "党员 240 / 240 名" in said
    assert Region.objects.filter(is_demo=True).count() == 2
    assert Area.objects.filter(is_demo=True, level=AreaLevel.DISTRICT).count() == 2
    assert Member.objects.on_register().filter(is_demo=True).count() == MEMBERS
    assert not Member.objects.exclude(area_path=F("branch__area_path")).exists()
    assert not Member.objects.exclude(id_number_index__isnull=False).exists()
    member = Member.objects.latest("pk")
    assert member.id_number.startswith("990101")
    assert Member.objects.search(member.id_number).get() == member
    homes = Affiliation.objects.current().filter(kind="HOME")
    assert homes.count() == MEMBERS
    share = Affiliation.objects.exclude(kind="HOME").count() / MEMBERS
    assert 0.25 < share < 0.5
    held = Activity.objects.filter(state__in=HELD)
    assert not held.filter(attendances=None).exists()
    assert not Attendance.objects.exclude(activity__in=held).exists()
    assert Branch.objects.filter(name__startswith="大圩村离退休").exists()
    assert Branch.objects.filter(kind=BranchKind.PARTY_COMMITTEE).count() == 2
    assert check_trees()["areas"] == check_trees()["areas"] | {"bounds": 0, "path": 0}
    bureau = next(each for each in accounts.logins() if each.role == Role.BUREAU)
    seen = Branch.objects.visible_to(User.objects.get_by_natural_key(bureau.username))
    assert seen.count() == Branch.objects.count()
    assert "没有改动" in make(divisions)

    make_demo("--remove")

    assert counts() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("day", [dt.date(2026, 7, 3), dt.date(2026, 11, 29), dt.date(2027, 1, 2)])
def test_a_province_holds_its_branches_and_a_year_of_attendances_whatever_the_day(
    divisions: Path, day: dt.date
) -> None:
    built = province.build(4 * MEMBERS, day, divisions, lambda _: None)

    assert Member.objects.values("branch").distinct().order_by().count() >= 4 * MEMBERS / 20
    assert built.members == 4 * MEMBERS
    share = Attendance.objects.count() / (province.ATTENDANCES * built.members)
    assert 0.9 <= share <= 1.25


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
def test_a_territory_that_is_there_already_stays(divisions: Path) -> None:
    district = make_district("玄武", "320102000000")
    code = "320102002000"
    create_area(by=None, code=code, name="梅园", level=AreaLevel.STREET, parent=district)

    make(divisions)

    assert Area.objects.get(code="320102000000").name == "玄武"
    assert not Area.objects.get(code=code).is_demo
    make_demo("--remove")
    assert set(Area.objects.values_list("name", flat=True)) == {"玄武", "梅园"}


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
def test_a_territory_that_is_imported_afterwards_stays(divisions: Path) -> None:
    """What the real file names, and what that hangs on, is the bureau's from then on."""
    make(divisions)
    real = divisions.with_name("real.csv")
    named = ROWS[: ROWS.index("320102002002")] + "320104001000,秦虹街道,320104000000\n"
    real.write_text(f"code,name,parent_code\n{named}", encoding="utf-8")
    said = StringIO()

    call_command("import_divisions", str(real), stdout=said)

    assert "修改：6\n没有变化：0\n" in said.getvalue()
    make_demo("--remove")
    assert list(Area.objects.values_list("name", flat=True)) == [
        *("玄武区", "梅园新村街道", "梅园新村社区居委会"),
        *("秦淮区", "秦虹街道"),
    ]
    assert set(Region.objects.values_list("name", flat=True)) == {"江苏省", "南京市"}
    again = StringIO()
    call_command("import_divisions", str(real), stdout=again)
    assert "修改：0\n没有变化：6\n" in again.getvalue()
    assert check_trees()["areas"] == check_trees()["areas"] | {"bounds": 0, "path": 0}


@pytest.mark.django_db
def test_a_broken_file_writes_nothing(divisions: Path) -> None:
    divisions.write_text(f"code,name,parent_code\n{ROWS}320199001000,无名街道,320199000000\n")

    with pytest.raises(CommandError, match="什么也没有写入。\n第11行"):
        make(divisions)

    assert not Area.objects.exists()


def test_too_few_members_make_no_province() -> None:
    with pytest.raises(CommandError, match="不小于 200"):
        call_command("make_demo", "--members", "20", stdout=StringIO())


def test_the_real_province_has_its_districts() -> None:
    territory = province.territory(province.DIVISIONS)

    assert [row.name for row in territory.regions][:2] == ["江苏省", "南京市"]
    assert len(territory.districts) == 104
    assert sum(
        area.level == AreaLevel.COMMUNITY for each in territory.districts for area in each
    ) == (21_958)
