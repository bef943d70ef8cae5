"""Row scope against a brute-force oracle, over random trees, posts, links and dates (security X15).

The oracle knows nothing of paths: it climbs parents. Every run draws 200 worlds of its own on either
database, so that runs add up; a world that fails is printed with the line that makes it again, and is
tried first by the next run. ``make bench BENCH=leaks`` asks for the 1,000 of X15 (60 to 120 ms each,
too long for every ``make test``): it sets ``SCOPE_EXAMPLES``.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activities.models import Activity
from branches import bulk, trees
from branches.enums import BranchKind, Role
from branches.forest import Forest
from branches.models import Appointment, Area, Branch
from core.bulk import fresh_ids
from core.models import User
from members.enums import AffiliationKind
from members.models import Affiliation, LinkProposal, Member
from tests.cast import TODAY

YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
OFFICE = {Role.BUREAU, Role.STREET}
IN_BRANCH = {Role.SECRETARY, Role.COMMITTEE}
PLACED = {Role.STATION_HEAD}

# (start, end): in force, over since yesterday, last day today, not begun.
PERIODS = [(None, None), (None, YESTERDAY), (None, TODAY), (TOMORROW, None)]
period = st.sampled_from(PERIODS)
taken_back = st.sampled_from([None, None, None, TODAY])  # a post given by mistake, now and then
small = st.integers(0, 40)


@dataclass
class Plan:
    """A world to be made: choices are numbers, taken modulo what there is."""

    areas: list[int]
    branches: list[tuple[int, int]]
    homes: list[int]
    links: list[tuple[int, int, tuple[Any, Any]]]
    posts: list[tuple[int, Role, int, tuple[Any, Any], dt.date | None]]
    accounts: list[int]
    inactive: int
    moves: list[tuple[int, int]] = field(default_factory=list)


plans = st.builds(
    Plan,
    areas=st.lists(small, min_size=2, max_size=8),
    branches=st.lists(st.tuples(small, small), min_size=2, max_size=8),
    homes=st.lists(small, min_size=1, max_size=8),
    links=st.lists(st.tuples(small, small, period), max_size=5),
    posts=st.lists(
        st.tuples(
            small, st.sampled_from(sorted(set(Role) - {Role.MEMBER})), small, period, taken_back
        ),
        min_size=1,
        max_size=6,
    ),
    accounts=st.lists(small, max_size=4),
    inactive=st.integers(0, 20),
    moves=st.lists(st.tuples(small, small), max_size=3),
)


class World:
    """What a plan made, read back from the database. Much of it is written at once, as loads write it."""

    def __init__(self, plan: Plan) -> None:
        self.areas = self._areas(plan)
        self.branches = self._branches(plan)
        self.users = User.objects.bulk_create(
            User(
                username=f"u{number}",
                display_name=f"用户{number}",
                is_active=number != plan.inactive,
            )
            for number in range(4)
        )
        self._posts(plan)
        self._members(plan)

    @staticmethod
    def _areas(plan: Plan) -> list[Area]:
        areas: list[Area] = []
        parents: list[int | None] = []
        for number, choice in enumerate(plan.areas):
            above = [None, *(n for n, area in enumerate(areas) if area.level < 5)]
            parent = None if number < 2 else above[choice % len(above)]
            level = 1 if parent is None else areas[parent].level + 1
            code = f"{number:012d}{'x' * max(0, level - 3)}"
            areas.append(Area(code=code, name="区", level=level))
            parents.append(parent)
        with trees.lock_whole(Area):
            plant(Area, areas, parents)
            areas = list(Area.objects.order_by("pk"))
            for who, where in plan.moves:
                moved = areas[who % len(areas)]
                targets = [area for area in areas if area.level == moved.level - 1]
                if targets:
                    moved.refresh_from_db()
                    target = targets[where % len(targets)]
                    target.refresh_from_db()
                    trees.move(moved, target)
        return list(Area.objects.all())

    def _branches(self, plan: Plan) -> list[Branch]:
        kinds = [BranchKind.PARTY_COMMITTEE, BranchKind.BRANCH, BranchKind.PARTY_GROUP]
        branches: list[Branch] = []
        parents: list[int | None] = []
        depths: list[int] = []
        for number, (where, choice) in enumerate(plan.branches):
            area = self.areas[where % len(self.areas)]
            above = [None, *(n for n, depth in enumerate(depths) if depth < 2)]
            parent = above[choice % len(above)]
            depths.append(0 if parent is None else depths[parent] + 1)
            parents.append(parent)
            facts = {"code": f"B{number}", "name": f"支部{number}", "kind_id": kinds[depths[-1]]}
            branches.append(Branch(area=area, area_path=area.path, **facts))
        with trees.lock_whole(Branch):
            plant(Branch, branches, parents)
        return branches

    def _posts(self, plan: Plan) -> None:
        posts = []
        for who, role, where, (start, end), withdrawn in plan.posts:
            place: dict[str, Any] = {}
            if role in OFFICE:
                place = {"area": self.areas[where % len(self.areas)]}
            elif role in IN_BRANCH | PLACED:
                place = {"branch": self.branches[where % len(self.branches)]}
            user, began = self.users[who % len(self.users)], start or dt.date(2020, 1, 1)
            dates = {"started_on": began, "ended_on": end, "withdrawn_on": withdrawn}
            posts.append(Appointment(user=user, role=role, **dates, **place))
        Appointment.objects.bulk_create(posts)

    def _members(self, plan: Plan) -> None:
        owners = list(dict.fromkeys(each % len(self.users) for each in plan.accounts))
        members = []
        for number, home in enumerate(plan.homes):
            branch = self.branches[home % len(self.branches)]
            user = self.users[owners[number]] if number < len(owners) else None
            facts = {"name": f"党员{number}", "area_path": branch.area_path}
            members.append(Member(branch=branch, user=user, **facts))
        Member.objects.bulk_create(members)
        self._ties(plan, members)
        kind = "activity.theme_day"
        Activity.objects.bulk_create(
            Activity(branch=branch, kind_id=kind, period=f"2026-{number:02d}", date=TODAY)
            for number, branch in enumerate(self.branches, 1)
        )

    def _ties(self, plan: Plan, members: list[Member]) -> None:
        ties = [
            Affiliation(member=each, branch=each.branch, kind=AffiliationKind.HOME)
            for each in members
        ]
        kinds = sorted(set(AffiliationKind) - {AffiliationKind.HOME})
        seen = set()
        for number, (who, where, (start, end)) in enumerate(plan.links):
            member = members[who % len(members)]
            branch = self.branches[where % len(self.branches)]
            kind = kinds[number % len(kinds)]
            if branch.pk == member.branch_id or (member.pk, branch.pk, kind) in seen:
                continue
            seen.add((member.pk, branch.pk, kind))
            dates = {"started_on": start, "ended_on": end}
            ties.append(Affiliation(member=member, branch=branch, kind=kind, **dates))
        Affiliation.objects.bulk_create(ties)
        asked = {(tie.member, tie.branch) for tie in ties[len(members) :]}
        homes = {tie.member: tie for tie in ties[: len(members)]}
        LinkProposal.objects.bulk_create(
            LinkProposal(
                member=member,
                home=homes[member],
                branch=branch,
                kind=AffiliationKind.COMMUNITY,
                started_on=TODAY,
                by=self.users[0],
            )
            for member, branch in asked
        )


def plant(model: type[Any], nodes: list[Any], parents: list[int | None]) -> None:
    """Write NODES below their PARENTS, given by place in NODES: all as a load does, the last one by hand."""
    *loaded, last = nodes
    places = Forest(dict(enumerate(parents[:-1]))).places()
    keys = fresh_ids(model, len(loaded))
    for number, (node, key) in enumerate(zip(loaded, keys, strict=True)):
        above = parents[number]
        node.pk, node.parent_id = key, None if above is None else keys[above]
        for name, value in places[number]._asdict().items():
            setattr(node, name, value)
    fields = model._meta.concrete_fields
    rows = [
        [field.get_db_prep_save(getattr(node, field.attname), connection) for field in fields]
        for node in loaded
    ]
    bulk.insert(model, [field.column for field in fields], rows)
    trees.insert(last, None if parents[-1] is None else nodes[parents[-1]])


class Snapshot:
    """All rows of a world in memory, so that the oracle climbs without asking the database."""

    def __init__(self) -> None:
        self.rows = {model: {row.pk: row for row in model.objects.all()} for model in NOUNS}
        areas, branches, members = self.rows[Area], self.rows[Branch], self.rows[Member]
        for node in areas.values():
            node.parent = areas.get(node.parent_id)
        for node in branches.values():
            node.parent, node.area = branches.get(node.parent_id), areas[node.area_id]
        for member in members.values():
            member.branch = branches.get(member.branch_id)
        for tie in self.rows[Affiliation].values():
            tie.member, tie.branch = members[tie.member_id], branches[tie.branch_id]
        for activity in self.rows[Activity].values():
            activity.branch = branches[activity.branch_id]
        for proposal in self.rows[LinkProposal].values():
            proposal.branch = branches[proposal.branch_id]
            proposal.home = self.rows[Affiliation][proposal.home_id]
        for post in self.rows[Appointment].values():
            post.area, post.branch = areas.get(post.area_id), branches.get(post.branch_id)
        self.posts = list(self.rows[Appointment].values())
        self.ties = list(self.rows[Affiliation].values())


class Oracle:
    """Says what one user sees and changes, by climbing parents, row by row."""

    def __init__(self, user: User, snapshot: Snapshot) -> None:
        self.user = user
        self.ties = snapshot.ties
        posts = [post for post in snapshot.posts if post.user_id == user.pk and user.is_active]
        held = [post for post in posts if in_force(post) and post.withdrawn_on is None]
        self.areas = {post.area_id for post in held if post.role in OFFICE}
        self.branches = {post.branch_id for post in held if post.role in IN_BRANCH}
        self.is_sysadmin = any(post.role == Role.SYSADMIN for post in held)
        own = [tie for tie in self.ties if self._is_self(tie.member) and in_force(tie)]
        self.own = {tie.branch_id for tie in own}

    def area(self, area: Area, *, edit: bool = False) -> bool:
        above = climb(area)
        return any(each.pk in self.areas for each in (above[1:] if edit else above))

    def branch(self, branch: Branch, *, edit: bool = False) -> bool:
        held = any(each.pk in self.branches for each in climb(branch))
        return held or self.area(branch.area) or (not edit and branch.pk in self.own)

    def member(self, member: Member, *, edit: bool = False) -> bool:
        if self._holds(member.branch):
            return True
        if edit:
            return False
        linked = [tie for tie in self.ties if tie.member_id == member.pk and in_force(tie)]
        return self._is_self(member) or any(
            each.pk in self.branches for tie in linked for each in climb(tie.branch)
        )

    def affiliation(self, tie: Affiliation, *, edit: bool = False) -> bool:
        if self._holds(tie.branch) or self._holds(tie.member.branch):
            return True
        return not edit and self._is_self(tie.member)

    def proposal(self, asked: LinkProposal, *, edit: bool = False) -> bool:
        return self._holds(asked.branch) or self._holds(asked.home.branch)

    def activity(self, activity: Activity, *, edit: bool = False) -> bool:
        return self._holds(activity.branch) or (not edit and activity.branch_id in self.own)

    def appointment(self, post: Appointment, *, edit: bool = False) -> bool:
        mine = not edit and post.user_id == self.user.pk and self.user.is_active
        place = post.area or (post.branch.area if post.branch else None)
        return self.is_sysadmin or mine or (place is not None and self.area(place))

    def _holds(self, branch: Branch | None) -> bool:
        return branch is not None and self.branch(branch, edit=True)

    def _is_self(self, member: Member) -> bool:
        return self.user.is_active and member.user_id == self.user.pk


def in_force(dated: Any) -> bool:
    start, end = dated.started_on, dated.ended_on
    return (start is None or start <= TODAY) and (end is None or end >= TODAY)


def climb(node: Any) -> list[Any]:
    """Return NODE and everything above it, by parents."""
    above = []
    while node is not None:
        above.append(node)
        node = node.parent
    return above


NOUNS: dict[Any, Callable[[Oracle], Callable[..., bool]]] = {
    Area: lambda oracle: oracle.area,
    Branch: lambda oracle: oracle.branch,
    Appointment: lambda oracle: oracle.appointment,
    Member: lambda oracle: oracle.member,
    Affiliation: lambda oracle: oracle.affiliation,
    LinkProposal: lambda oracle: oracle.proposal,
    Activity: lambda oracle: oracle.activity,
}


def differences(world: World) -> Iterator[str]:
    """Yield every row on which the querysets and the oracle disagree."""
    snapshot = Snapshot()
    for user in User.objects.filter(pk__in=[each.pk for each in world.users]):
        oracle = Oracle(user, snapshot)
        for model, question in NOUNS.items():
            says = question(oracle)
            seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
            changed = set(model.objects.editable_by(user).values_list("pk", flat=True))
            for row in snapshot.rows[model].values():
                if (row.pk in seen) != says(row):
                    yield f"{user} sees {model.__name__} {row.pk}: {row.pk in seen}"
                if (row.pk in changed) != says(row, edit=True):
                    yield f"{user} changes {model.__name__} {row.pk}: {row.pk in changed}"


@pytest.mark.django_db
@settings(
    max_examples=int(os.environ.get("SCOPE_EXAMPLES", "200")),
    deadline=None,
    derandomize=False,  # said, as a machine of continuous integration would choose otherwise
    print_blob=True,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # shrinking builds hundreds of worlds; a plan is small
    suppress_health_check=list(HealthCheck),
)
@given(plan=plans)
def test_scope_is_what_the_oracle_says(plan: Plan) -> None:
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning), transaction.atomic():
        assert list(differences(World(plan))) == []
        transaction.set_rollback(True)
