"""The first password of a card: it lets in for some weeks, then a new card is due."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from core.actions.accounts import set_first_password
from core.models import RuleParameter, User
from tests.core.signing_in import PASSWORD, PASSWORD_PAGE, sign_in

pytestmark = pytest.mark.django_db
OVER = "这张登录卡过期了，卡上的密码不能再用。请发卡的同志（支部书记或工作人员）重发一张"


@pytest.fixture
def card(elder):
    """A card given on 1 March."""
    set_first_password(elder, PASSWORD)
    User.objects.update(first_password_on=dt.date(2026, 3, 1))


def test_an_old_card_lets_nobody_in_and_says_whom_to_ask(client, elder, card, time_machine):
    time_machine.move_to("2026-04-01T00:30:00+08:00")
    answer = sign_in(client)
    assert (answer.status_code, OVER in answer.text) == (200, True)
    # Who only guesses is told nothing of it.
    assert OVER not in sign_in(client, password="wrong").text
    RuleParameter.objects.filter(key="account.first_password_days").update(value="31")
    assert sign_in(client).status_code == 302


def test_a_new_card_opens_the_account_again(client, elder, card, time_machine):
    time_machine.move_to("2026-12-01T08:00:00+08:00")
    set_first_password(elder, PASSWORD)
    assert sign_in(client).status_code == 302


def test_a_card_is_good_until_its_last_day_ends_and_no_longer_in_an_open_session(
    client, elder, card, time_machine
):
    time_machine.move_to("2026-03-31T23:50:00+08:00")
    assert sign_in(client).status_code == 302
    time_machine.move_to("2026-04-01T00:10:00+08:00")
    new = "海棠花开2026又一年"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert OVER in client.post(PASSWORD_PAGE, given).text


def test_a_password_of_one_s_own_does_not_end(client, elder, time_machine):
    time_machine.move_to("2036-12-01T08:00:00+08:00")
    assert sign_in(client).status_code == 302


def test_cards_given_before_they_ended_count_from_the_change(elder, card):
    step = import_module("core.migrations.0012_first_passwords_end")
    step.count_from_today(apps, SimpleNamespace(connection=connection))
    assert User.objects.get().first_password_on == timezone.localdate()
