"""The migrations on a filled database: back to before the first that moves rows, and forward again.

House §7.9: reversible, and checked on a filled copy. What one migration does to odd rows of its own
is tested beside its noun; here all of them are carried out, in their order, on either database.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps as today
from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Value
from django.db.models.functions import Concat

from branches.enums import Role
from branches.models import Branch
from core.models import User
from members.actions import mark_deceased, undo_transfers
from members.models import BranchAlias, RosterBatch, RosterChunk, RosterHeading
from tests.cast import TODAY
from tests.factories.activities import make_link, record
from tests.factories.branches import make_area, make_branch, make_district, make_post, make_user
from tests.factories.members import make_member, make_transfer_batch
from tests.harness import aside

ROOMS = [
    each.label for each in today.get_app_configs() if Path(each.path).parent == settings.BASE_DIR
]
GONE = "a row"
BUILDING = "12号楼3单元"
Place = tuple[str, str]  # a room and the name of a migration
Table = dict[Any, dict[str, Any]]


def test_every_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None)
    final = [
        place
        for place, migration in loader.disk_migrations.items()
        if place[0] in ROOMS and not all(each.reversible for each in migration.operations)
    ]
    assert final == []


@pytest.fixture
def copy(transactional_db: None) -> Iterator[None]:
    """Ask a copy of the migrated database: no other test could do anything with half of one."""
    with aside.using(kept := aside.keep()):
        yield
    aside.drop(kept)


@time_machine.travel(TODAY)
def test_records_outlive_the_way_back_and_forward(copy: None) -> None:
    fill()
    before, first = on_record(), before_rows_are_moved()
    MigrationExecutor(connection).migrate(first)
    older = set(connection.introspection.table_names())
    age(MigrationLoader(connection).project_state(first).apps)
    call_command("migrate", verbosity=0)
    connection.check_constraints()
    found = {
        table: names for table, names in changed(before, on_record()).items() if table in older
    }
    # Older code knows no roster that was taken back: it stands there as written, and once.
    assert found == {"members_rosterbatch": {"state"}, "members_rosterchunk": {GONE}}


def before_rows_are_moved() -> list[Place]:
    """Return where each room stood before its first migration that does more than change tables."""
    loader = MigrationLoader(connection)
    first = []
    for room in ROOMS:
        names = sorted(name for app, name in loader.disk_migrations if app == room)
        for before, name in itertools.pairwise(names):
            if moves_rows(loader.disk_migrations[room, name]):
                first.append((room, before))
                break
    return first


def moves_rows(migration: Migration) -> bool:
    return any(isinstance(each, RunPython | RunSQL) for each in migration.operations)


def on_record() -> dict[str, Table]:
    """Return every row of the rooms by table and key."""
    models = [model for room in ROOMS for model in today.get_app_config(room).get_models()]
    return {
        model._meta.db_table: {
            row[model._meta.pk.attname]: row for row in model._base_manager.values()
        }
        for model in models
    }


def changed(before: dict[str, Table], after: dict[str, Table]) -> dict[str, set[str]]:
    """Return the columns of each table in which a row differs, and GONE where one is no more."""
    found: dict[str, set[str]] = defaultdict(set)
    for table, rows in before.items():
        for key, row in rows.items():
            now = after[table].get(key)
            found[table] |= (
                {GONE} if now is None else {each for each in row if row[each] != now[each]}
            )
    return {table: names for table, names in found.items() if names}


def fill() -> None:
    """Put on record at least one row of everything that a migration has to do with."""
    district = make_district("青澜区", "990101000000")
    street = make_area(district, "东城街道")
    branch, other = (make_branch(make_area(street), code=code) for code in ("QL0001", "QL0002"))
    bureau = make_post(Role.BUREAU, district).user
    secretary = make_post(Role.SECRETARY, branch, make_user("secretary")).user
    User.objects.filter(pk=secretary.pk).update(must_change_password=True, first_password_on=TODAY)
    people = [make_member(branch, building=BUILDING) for _ in range(2)]
    veteran = make_member(branch, person_kind="A")  # it is missing since when
    guest = make_member(other)
    make_link(guest, branch)
    record(
        bureau, branch, [people[0], guest], period="2026-10", excused=people[1:], absent=[veteran]
    )
    mark_deceased(by=bureau, member=people[1], on=dt.date(2026, 11, 2))
    batch = make_transfer_batch(other, branch, by=bureau)
    undo_transfers(by=bureau, batch=batch, reason="登错了单位")
    learn(bureau, secretary, branch)
    take_back_a_roster(bureau)


def learn(bureau: User, secretary: User, branch: Branch) -> None:
    """Let both teach the same: the bureau for the district, the secretary for his branch."""
    for by, path in ((bureau, branch.area_path[:4]), (secretary, branch.area_path)):
        names = {"district": "990101", "key": "槐荫", "name": "槐荫"}
        BranchAlias.objects.create(branch=branch, by=by, area_path=path, **names)
    for by, heading in ((bureau, "学位"), (secretary, "专长")):
        RosterHeading.objects.create(district="990101", heading=heading, by=by)


def take_back_a_roster(by: User) -> None:
    batch = RosterBatch.objects.create(by=by, file_name="名册.csv", key="k", state="UNDONE")
    chunk = {"batch": batch, "first_row": 2, "last_row": 3}
    written = RosterChunk.objects.create(kind="WRITE", created=2, **chunk)
    RosterChunk.objects.create(kind="UNDO", undoes=written, created=-2, **chunk)


def age(old: Apps) -> None:
    """Let rows say what they said in those days."""
    people = old.get_model("members", "Member").objects
    assert people.filter(building=BUILDING).count() == 2  # in clear
    kind = old.get_model("core", "Kind").objects.filter(engine="activity").first()
    kind.settings |= {"monthly": True, "times": 1}
    kind.save()
    parameters = old.get_model("core", "RuleParameter").objects
    alike = parameters.filter(key="roster.alike_hours")
    alike.update(name="几份名册里只差几位的证件号码，多少小时以内的合起来数")
    parameters.update(source=Concat("source", Value("（SYS-18）")))
    veterans = people.filter(person_kind="A")
    assert list(veterans.values_list("missing_fields", flat=True)) == ["work_start"]
    veterans.update(missing_fields="")
