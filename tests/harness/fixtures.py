"""Fixtures that start servers. A missing program fails the test with a sentence; it never skips it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pytest_django import DjangoDbBlocker

from core.models import RuleParameter
from tests.harness import celery, migrated, pristine, redis, rendered


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.RedisServer]:
    """Give a private Redis, one for the whole run of this test process."""
    with redis.server() as server:
        yield server


@pytest.fixture
def celery_worker_process(
    transactional_db: None, redis_server: redis.RedisServer
) -> Iterator[celery.Worker]:
    """Give a real Celery worker on the private Redis and the database under test."""
    with celery.worker(redis_server.url) as worker:
        yield worker


@pytest.fixture(scope="session", autouse=True)
def _pages_alone(django_test_environment: None) -> Iterator[None]:
    """Copy the contexts of pages, not of each of their parts."""
    with rendered.pages_alone():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this process its test database; after each committing test it is as the migrations left it."""
    ending = ExitStack()
    with django_db_blocker.unblock():
        ending.enter_context(migrated.copied())
        # A fresh database asks for theme days from the real month on; the tests have their own today.
        RuleParameter.objects.filter(key="theme.first_month").update(value="")
        ending.enter_context(pristine.kept())
    yield
    with django_db_blocker.unblock():
        ending.close()
