"""Sealed texts open where they belong, only with the key, and are found without being opened."""

import base64

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as search
from hypothesis import strategies as st

from core import crypto
from core.fields import SealedTextField, UnreadableText
from core.models import User
from tests.factories.branches import make_user

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
PHONE = "16112345678"


@given(PLAIN)
def test_what_is_sealed_opens(plain):
    assert crypto.unseal(crypto.seal(plain, "t.c"), "t.c") == plain


@given(PLAIN)
def test_two_seals_of_one_text_differ(plain):
    assert crypto.seal(plain, "t.c") != crypto.seal(plain, "t.c")


@given(PLAIN, st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_never_opens_as_something_else(plain, place, change):
    raw = bytearray(base64.b64decode(crypto.seal(plain, "t.c")))
    place %= len(raw)
    raw[place] ^= change
    if place == 1:
        return  # the algorithm byte: reserved, there is one algorithm
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(base64.b64encode(raw).decode(), "t.c")


@given(st.text(max_size=60))
def test_rubbish_is_unreadable_and_nothing_worse(rubbish):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(rubbish, "t.c")


def test_a_sealed_text_does_not_open_in_another_column():
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(crypto.seal("张建国", "members_member.address"), "members_member.name")


@given(PLAIN, PLAIN)
def test_digests_are_equal_exactly_for_equal_texts_of_one_column(one, other):
    digest = crypto.blind_index(one, "t.c")
    assert (digest == crypto.blind_index(other, "t.c")) == (one == other)
    assert digest != crypto.blind_index(one, "t.d")
    assert len(digest) == 22


@pytest.mark.django_db
class TestField:
    """The column in the database."""

    def stored(self, user):
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone, phone_index FROM core_user WHERE id = %s", [user.pk])
            return cursor.fetchone()

    def test_it_is_sealed_at_rest_and_plain_in_hand(self):
        user = make_user(phone=PHONE)
        sealed, digest = self.stored(user)
        assert PHONE not in sealed + digest
        assert User.objects.get(pk=user.pk).phone == PHONE
        assert User.objects.get(phone_index=User.phone_digest("161 1234 5678")) == user

    def test_empty_stays_empty_and_has_no_digest(self):
        assert self.stored(make_user()) == ("", None)

    @pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "iexact", "in"])
    def test_questions_that_could_never_match_are_refused(self, lookup):
        with pytest.raises(FieldError):
            User.objects.filter(**{f"phone__{lookup}": "1"}).exists()

    @search(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(plain=PLAIN)
    def test_every_text_survives(self, plain):
        field = User._meta.get_field("phone")
        assert isinstance(field, SealedTextField)
        assert field.from_db_value(field.get_prep_value(plain)) == plain

    def test_without_the_key_it_says_so_and_saving_loses_nothing(self, settings, tmp_path, request):
        request.addfinalizer(crypto.key_ring.cache_clear)
        user = make_user(phone=PHONE)
        before = self.stored(user)
        own = settings.FIELD_KEYS_FILE
        settings.FIELD_KEYS_FILE = tmp_path / "another.json"
        crypto.key_ring.cache_clear()
        stranger = User.objects.get(pk=user.pk)
        assert isinstance(stranger.phone, UnreadableText)
        assert stranger.phone == "无法解密"
        stranger.display_name = "改了名"
        stranger.full_clean(exclude=["password"])
        stranger.save()
        assert self.stored(user) == before
        settings.FIELD_KEYS_FILE = own
        crypto.key_ring.cache_clear()
        assert User.objects.get(pk=user.pk).phone == PHONE


def test_the_key_file_is_private_and_made_once(tmp_path):
    path = tmp_path / "keys" / "field_keys.json"
    crypto.make_key_file(path)
    made = path.read_bytes()
    crypto.make_key_file(path)
    assert path.read_bytes() == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
