"""Four writers at once on real connections: no error, no fault, on both databases (house §4)."""

import random
import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, models, transaction

from branches import trees
from branches.actions import appoint, check_trees, create_area, create_branch, move_area
from branches.enums import AreaLevel, BranchKind, Role
from branches.models import Area, Branch
from tests.factories.branches import make_area, make_branch, make_district, make_user, reorganise

WRITERS = 4
ACTS = 60  # the bench has two hundred (tests/bench/bench_writers.py)


def run_at_once(work: Callable[[int], None]) -> list[BaseException]:
    """Run WORK in four threads; return what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(WRITERS)

    def body(writer: int) -> None:
        try:
            start.wait()
            work(writer)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=body, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def faults() -> list[int]:
    return [
        count for part in check_trees().values() for kind, count in part.items() if kind != "nodes"
    ]


@pytest.mark.django_db(transaction=True)
def test_areas_inserted_and_moved_by_four_writers() -> None:
    districts = [make_district(), make_district()]
    streets = [make_area(district) for district in districts for _ in range(3)]
    branch = make_branch(make_area(streets[0]))

    def work(writer: int) -> None:
        chance = random.Random(writer)
        mine: list[Area] = []
        for act in range(ACTS):
            if act % 4 == 3:
                moved = chance.choice([streets[writer], *mine])
                targets = districts if moved.level == AreaLevel.STREET else streets
                move_area(by=None, area=moved, parent=chance.choice(targets))
            else:
                street = chance.choice(streets)
                code = f"98{writer:04d}{act // 100 + 1:03d}{act % 100 + 1:03d}"
                mine.append(create_area(by=None, code=code, name=code, level=3, parent=street))

    assert run_at_once(work) == []
    assert set(faults()) == {0}
    assert Area.objects.count() == 2 + 6 + 1 + WRITERS * ACTS * 3 // 4
    assert Branch.objects.get().area_path == Area.objects.get(pk=branch.area_id).path


@pytest.mark.django_db(transaction=True)
def test_branches_founded_and_moved_by_four_writers_while_their_area_moves() -> None:
    districts = [make_district(), make_district()]
    street = make_area(districts[0])
    committees = [make_branch(districts[0], kind=BranchKind.PARTY_COMMITTEE) for _ in range(3)]

    def work(writer: int) -> None:
        chance = random.Random(writer)
        mine: list[Branch] = []
        for act in range(ACTS // 2):
            if writer == 0 and act % 5 == 0:
                move_area(by=None, area=street, parent=districts[act // 5 % 2])
            elif act % 4 == 3:
                parent = chance.choice([None, *committees])
                reorganise(chance.choice(mine), parent=parent)
            else:
                mine.append(
                    create_branch(
                        by=None,
                        code=f"W{writer}-{act}",
                        name="并发党支部",
                        kind=BranchKind.BRANCH,
                        area=street,
                        parent=chance.choice([None, *committees]),
                    )
                )

    assert run_at_once(work) == []
    assert set(faults()) == {0}
    assert set(Branch.objects.filter(area=street).values_list("area_path", flat=True)) == {
        Area.objects.get(pk=street.pk).path
    }


@pytest.mark.django_db(transaction=True)
def test_what_an_act_stands_on_is_held_until_it_ends() -> None:
    """The area, the branch and the person, each by a question whose words are kept from the first time.

    On SQLite whoever writes holds everything.
    """
    everything = connection.vendor == "sqlite"
    area, user = make_area(make_district()), make_user()
    branch = make_branch(area)
    for role in (Role.BUREAU, Role.STREET):
        with transaction.atomic():
            trees.steady_area_path(area)
            assert [is_held(row) for row in (area, branch, user)] == [True, everything, everything]
            trees.steady_branch(branch)
            assert [is_held(row) for row in (area, branch, user)] == [True, True, everything]
        with transaction.atomic():
            appoint(by=None, user=user, role=role, area=area)
            assert [is_held(row) for row in (area, branch, user)] == [everything, everything, True]


def is_held(row: models.Model) -> bool:
    """Ask another connection whether it would have to wait to change ROW."""
    found: list[bool] = []

    def ask() -> None:
        rows = type(row)._base_manager.select_for_update(no_key=True, nowait=True)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with transaction.atomic():
                rows.get(pk=row.pk)
            found.append(False)
        except OperationalError:
            found.append(True)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]
