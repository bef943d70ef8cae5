"""What every test may use."""

import gc

import pytest
from hypothesis import settings
from pytest_django.plugin import blocking_manager_key

from tests.harness import migrated

pytest_plugins = ["tests.harness.fixtures", "tests.cast"]

# The tests share the machine: a slow moment is no fault.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

# A test that asks for none of these asks nothing of a database.
DATABASE_FIXTURES = frozenset(
    {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
)

LONGEST = frozenset(
    {
        *("test_leaks.py", "test_access_matrix.py", "test_impersonation_matrix.py", "test_run.py"),
        *("test_migrations.py", "test_scope_oracle.py", "test_postgres.py"),
    }
)
# They copy the process they run in, which the threads of a browser and of servers would tear in two.
COPYING = "test_crew.py"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Look for no garbage while everything is imported and collected: nearly all of it stays.

    The first of several processes migrates for all while the others collect.
    """
    gc.disable()
    if hasattr(session.config, "workerinput"):
        with session.config.stash[blocking_manager_key].unblock():
            migrated.prepare(wait=False)
        gc.collect()


def pytest_collection_finish() -> None:
    """Set what was collected apart, or every search for garbage would walk through it again.

    What a test leaves behind is searched for a few times a test, not at every seven hundredth object.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks nothing of a database: one run, on either, is enough.

    The browser's tests run once anyway, with the suite on PostgreSQL.
    """
    for item in items:
        if "browser" not in item.path.parts and not asks_a_database(item):
            item.add_marker(pytest.mark.once)
    # The longest first: else one process works on alone when the others have nothing left.
    items.sort(key=lambda item: (item.path.name != COPYING, item.path.name not in LONGEST))


@pytest.fixture
def db(request: pytest.FixtureRequest, db: None) -> None:
    """Refuse a database to what did not say beforehand that it asks one: one run is not enough."""
    if request.node.get_closest_marker("once"):
        pytest.fail("This test asks a database: let it name the fixture db, and take off once.")


def asks_a_database(item: pytest.Item) -> bool:
    """Return whether the test, or anything that it names, asks for a database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(
        DATABASE_FIXTURES
    )
