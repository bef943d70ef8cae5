"""The servers that the tests start: real, private, and gone afterwards."""

from typing import Any

import pytest
import redis as redis_client
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.models import Code, RuleParameter, User
from portal import env
from tests.conftest import asks_a_database
from tests.harness import celery
from tests.harness.redis import RedisServer


def test_redis_asks_for_its_password_and_never_evicts(redis_server: RedisServer) -> None:
    client = redis_client.Redis.from_url(redis_server.url)

    assert client.ping() is True
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_worker_answers_and_is_killed(celery_worker_process: celery.Worker) -> None:
    assert celery_worker_process.process.poll() is None

    celery_worker_process.kill()

    assert celery_worker_process.process.returncode == -9


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committing_test_begins_with_what_the_migrations_left(turn: int) -> None:
    assert Permission.objects.exists()
    assert not User.objects.exists()

    Permission.objects.all().delete()
    User.objects.create(username=f"turn{turn}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committing_test_begins_with_the_codes_as_they_were_loaded(turn: int) -> None:
    """A row that is changed, or comes in the place of another, leaves their number as it was."""
    number = Code.objects.count()
    assert not Code.objects.filter(name__startswith="另一个").exists()

    first, second = Code.objects.order_by("pk")[:2]
    Code.objects.filter(pk=first.pk).update(name="另一个名称")
    second.delete()
    Code.objects.create(table=second.table, code=second.code, name="另一个代码", source="试")
    assert Code.objects.count() == number


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committing_test_begins_without_the_thousands_of_another(turn: int) -> None:
    assert RuleParameter.objects.exists()
    assert not User.objects.exists()

    User.objects.bulk_create(User(username=f"{turn}-{number}") for number in range(4000))


@pytest.mark.django_db
def test_rolled_back_test_after_committing_ones_finds_the_same() -> None:
    assert Permission.objects.exists()
    assert RuleParameter.objects.exists()
    assert Code.objects.exists()
    assert not Code.objects.filter(name__startswith="另一个").exists()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_database_under_test_is_reached_by_its_address() -> None:
    settings = env.database(celery.database_url())

    assert settings["NAME"] == connection.settings_dict["NAME"]
    assert settings["ENGINE"] == connection.settings_dict["ENGINE"]


def test_test_that_asks_for_no_database_gets_none() -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        User.objects.exists()


def test_what_asks_a_database_is_run_on_both(request: pytest.FixtureRequest) -> None:
    """Whoever marks such a test ``once`` by hand keeps it from PostgreSQL."""
    once = [each for each in request.session.items if each.get_closest_marker("once")]
    assert request.node in once
    assert [each.nodeid for each in once if asks_a_database(each)] == []


def test_a_page_tells_its_context_and_its_parts_do_not(db: None) -> None:
    answer: Any = Client().get(reverse("sign-in"))

    assert [each.name for each in answer.templates] == ["registration/login.html"]
    assert "username" in answer.context["form"].fields
