"""A key file that is missing, new or another's is noticed, and never replaced unasked (F24)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core import crypto
from core.keys import SENTENCES, KeyState, check_keys, key_state, witness_keys
from core.models import KeyWitness, User
from tests.factories.branches import make_user
from tests.harness.keys import other_key_file

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture(params=KeyState)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyState]:
    """The key file as it was, lost, or another's."""
    path = tmp_path / "field_keys.json"
    if request.param == KeyState.OK:
        yield request.param
        return
    if request.param == KeyState.FOREIGN:
        crypto.make_key_file(path)
    with other_key_file(path):
        yield request.param


def test_it_is_told_to_machines_to_the_check_and_to_administrators(
    state: KeyState, client: Client, client_for: ClientFor, sysadmin: User, bureau_staff: User
) -> None:
    sentence = SENTENCES.get(state, "密钥文件")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["keys"]) == (200 if state == "ok" else 503, state)
    assert [found.msg for found in check_keys()] == ([] if state == "ok" else [sentence])
    assert (sentence in client_for(sysadmin).get("/admin/").content.decode()) == (state != "ok")
    assert "密钥文件" not in client_for(bureau_staff).get("/admin/").content.decode()


def test_a_database_that_knows_its_keys_gets_no_new_ones(state: KeyState) -> None:
    before = list(KeyWitness.objects.values_list("number", "sealed"))

    witness_keys()

    assert key_state() == state
    assert list(KeyWitness.objects.values_list("number", "sealed")) == before


def test_a_new_database_makes_its_keys_and_knows_them(tmp_path: Path) -> None:
    KeyWitness.objects.all().delete()
    with other_key_file(tmp_path / "field_keys.json"):
        witness_keys()

        assert key_state() == KeyState.OK
        assert list(KeyWitness.objects.values_list("number", flat=True)) == [1]


def test_a_key_is_known_from_its_first_use_on(tmp_path: Path) -> None:
    KeyWitness.objects.all().delete()
    with other_key_file(path := tmp_path / "field_keys.json"):
        witness_keys()
        before = path.read_bytes()
        call_command("field_keys", "add")
        call_command("field_keys", "use", "2")
        crypto.key_ring.cache_clear()
        assert key_state() == KeyState.OK
        path.chmod(0o600)
        path.write_bytes(before)

        assert key_state() == KeyState.FOREIGN
        assert sorted(KeyWitness.objects.values_list("number", flat=True)) == [1, 2]


def test_without_the_file_nothing_is_sealed_and_the_page_says_what_to_do(
    tmp_path: Path, client_for: ClientFor, sysadmin: User
) -> None:
    browser = client_for(sysadmin)
    browser.raise_request_exception = False
    with other_key_file(tmp_path / "field_keys.json"):
        answer = browser.post("/admin/core/user/search/", {"q": "16112345678"})

        assert answer.status_code == 503
        assert "放回密钥文件就能再办" in answer.content.decode()
        with pytest.raises(crypto.KeysMissing):
            make_user("new", phone="16112345678")
        with pytest.raises(CommandError, match="找不到或读不出来"):
            call_command("field_keys", "show")
    assert not (tmp_path / "field_keys.json").exists()
