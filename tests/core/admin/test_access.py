"""Who enters the admin of core, and what nobody does there."""

import pytest
from django.apps import apps as django_apps
from django.db import connection
from django.urls import reverse

from core import audit
from core.runs import start_run
from tests.core.admin.addresses import listing
from tests.factories.branches import make_user

pytestmark = pytest.mark.django_db

# PostgreSQL tells a large table's rows without counting them; of a small one it does not know enough.
QUERIES = {"sqlite": 6, "postgresql": 7}
NOUNS = ("user", "code", "kind", "ruleparameter", "auditevent", "backgroundrun")


class TestWhoEnters:
    """Verbs by role."""

    @pytest.mark.parametrize(
        ("role", "open_nouns"),
        [
            ("sysadmin", {"user", "code", "kind", "ruleparameter", "backgroundrun"}),
            ("auditor", {"auditevent", "backgroundrun"}),
            ("bureau_staff", {"auditevent", "backgroundrun"}),
            ("street_staff", {"auditevent", "backgroundrun"}),
            ("superuser", set(NOUNS)),
            ("secretary", set()),
            ("member", set()),
        ],
    )
    def test_each_role_opens_its_own(self, client_for, role, open_nouns, request):
        client = client_for(request.getfixturevalue(role))
        opened = {noun for noun in NOUNS if client.get(listing(noun)).status_code == 200}
        assert opened == open_nouns

    @pytest.mark.parametrize("noun", ["user", "code", "kind", "ruleparameter"])
    def test_nothing_is_deleted(self, client_for, superuser, noun):
        model = django_apps.get_model("core", noun)
        row = model._default_manager.first()
        address = reverse(f"admin:core_{noun}_delete", args=[row.pk])
        assert client_for(superuser).post(address, {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()

    @pytest.mark.parametrize("noun", NOUNS)
    @pytest.mark.parametrize("count", [1, 3])
    def test_lists_ask_a_constant_number_of_queries(
        self, client_for, superuser, noun, count, django_assert_num_queries
    ):
        for number in range(count):
            user = make_user()
            audit.record(by=user, act="试", label="对象")
            start_run(by=user, kind="x", key=f"x{number}")
        client = client_for(superuser)
        with django_assert_num_queries(QUERIES[connection.vendor]):
            assert client.get(listing(noun)).status_code == 200
