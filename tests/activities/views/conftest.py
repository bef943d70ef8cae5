"""Pages of activities, looked at by the secretary of B1."""

import pytest
from django.test import Client

from core.models import User
from tests.activities.log_page import SignIn


@pytest.fixture
def client(client_for: SignIn, secretary: User) -> Client:
    """Give the secretary's browser."""
    return client_for(secretary)
