"""The fixed cast of the tests: two districts, three branches, and one user of every role.

::

    D1 青澜区                              D2 云岭区
      S1 东城街道      S2 南湖街道            S7 北岭街道
        C1 槐荫社区      C2 柳岸社区            C7 松涛社区
        B1 党支部        B2 党支部              B7 党支部
        G1 党小组 (under B1)

Every test that opens something to somebody also tries ``outsider``, the bureau of D2.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from branches.enums import BranchKind, Role
from branches.models import Area, Branch
from core.models import User
from tests.factories.branches import make_area, make_branch, make_district, make_post, make_user
from tests.factories.members import make_member
from tests.harness.visitor import Visitor

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def district(db: None) -> Area:
    """D1."""
    return make_district("青澜区", "990101000000")


@pytest.fixture
def street(district: Area) -> Area:
    """S1 of D1."""
    return make_area(district, "东城街道")


@pytest.fixture
def community(street: Area) -> Area:
    """C1 of S1."""
    return make_area(street, "槐荫社区")


@pytest.fixture
def other_street(district: Area, street: Area) -> Area:
    """S2 of D1."""
    return make_area(district, "南湖街道")


@pytest.fixture
def other_community(other_street: Area) -> Area:
    """C2 of S2."""
    return make_area(other_street, "柳岸社区")


@pytest.fixture
def far_district(db: None) -> Area:
    """D2."""
    return make_district("云岭区", "990202000000")


@pytest.fixture
def far_street(far_district: Area) -> Area:
    """S7 of D2."""
    return make_area(far_district, "北岭街道")


@pytest.fixture
def far_community(far_street: Area) -> Area:
    """C7 of S7."""
    return make_area(far_street, "松涛社区")


@pytest.fixture
def branch(community: Area) -> Branch:
    """B1, in C1."""
    return make_branch(community, "槐荫社区离退休干部党支部", code="QL0001")


@pytest.fixture
def group(branch: Branch, community: Area) -> Branch:
    """G1, a Party group of B1."""
    return make_branch(
        community,
        "槐荫社区第一党小组",
        code="QL0001-1",
        kind=BranchKind.PARTY_GROUP,
        parent=branch,
    )


@pytest.fixture
def other_branch(other_community: Area) -> Branch:
    """B2, in C2: another street of D1."""
    return make_branch(other_community, "柳岸社区离退休干部党支部", code="QL0002")


@pytest.fixture
def far_branch(far_community: Area) -> Branch:
    """B7, in C7: another district."""
    return make_branch(far_community, "松涛社区离退休干部党支部", code="YL0007")


@pytest.fixture
def bureau_staff(district: Area) -> User:
    """局工作人员 of D1."""
    return make_post(Role.BUREAU, district, make_user("bureau", display_name="顾明远")).user


@pytest.fixture
def street_staff(street: Area) -> User:
    """街道工作人员 of S1."""
    return make_post(Role.STREET, street, make_user("street", display_name="沈秋白")).user


@pytest.fixture
def secretary(branch: Branch) -> User:
    """支部书记 of B1."""
    return make_post(Role.SECRETARY, branch, make_user("secretary", display_name="陆德贤")).user


@pytest.fixture
def other_secretary(other_branch: Branch) -> User:
    """支部书记 of B2."""
    return make_post(
        Role.SECRETARY, other_branch, make_user("secretary2", display_name="许桂英")
    ).user


@pytest.fixture
def group_leader(group: Branch) -> User:
    """组长 of G1."""
    return make_post(Role.COMMITTEE, group, make_user("leader", display_name="方志强")).user


@pytest.fixture
def committee_member(branch: Branch) -> User:
    """支部委员 of B1."""
    return make_post(Role.COMMITTEE, branch, make_user("committee", display_name="白晓晴")).user


@pytest.fixture
def station_head(branch: Branch) -> User:
    """站长 at B1."""
    return make_post(Role.STATION_HEAD, branch, make_user("station", display_name="孟庆林")).user


@pytest.fixture
def member(branch: Branch) -> User:
    """The account of a member of B1."""
    user = make_user("member", display_name="周玉兰")
    make_member(branch, "周玉兰", gender="2", user=user)
    return user


@pytest.fixture
def outsider(far_district: Area, far_branch: Branch) -> User:
    """局工作人员 of D2: nothing of D1 is his."""
    return make_post(Role.BUREAU, far_district, make_user("outsider", display_name="韩立群")).user


@pytest.fixture
def sysadmin(db: None) -> User:
    """系统管理员: accounts and parameters, no member."""
    return make_post(Role.SYSADMIN, None, make_user("sysadmin", display_name="罗维")).user


@pytest.fixture
def auditor(db: None) -> User:
    """审计员: the trail, nothing else."""
    return make_post(Role.AUDITOR, None, make_user("auditor", display_name="谭静")).user


@pytest.fixture
def superuser(db: None) -> User:
    """The first administrator."""
    return make_user("root", display_name="首任管理员", is_superuser=True)


@pytest.fixture
def client_for(db: None) -> Callable[[User], Client]:
    """Give a browser signed in as a user."""

    def signed_in(user: User) -> Client:
        client = Visitor()
        client.force_login(user, backend="branches.backends.PostBackend")
        return client

    return signed_in
