"""Lists answer the questions of their filters, and no others (security P17)."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("noun", "question"),
    [
        ("core_user", "password__startswith=argon2"),
        ("core_user", "phone_index__startswith=a"),
        ("branches_branch", "name__regex=(a|b)*c"),
        ("branches_branch", "founded_on__year=99999999999"),
        ("members_member", "id_number_index__startswith=a"),
        ("core_auditevent", "ip__startswith=1"),
        ("branches_branch", "area=%00"),
        ("members_member", "person_kind__exact=%00"),
        ("activities_activity", "q=%00"),
    ],
)
def test_a_question_that_no_filter_asks_is_refused(client, superuser, noun, question):
    client.force_login(superuser, backend="branches.backends.PostBackend")
    answer = client.get(f"{reverse(f'admin:{noun}_changelist')}?{question}")
    assert answer.status_code in {302, 400}
    assert "results" not in answer.content.decode()


def test_a_select_that_is_asked_for_nothing_sensible_answers(client, superuser):
    client.force_login(superuser, backend="branches.backends.PostBackend")
    asked = "app_label=members&model_name=member&field_name=branch&term=%00"
    assert client.get(f"{reverse('admin:autocomplete')}?{asked}").status_code == 400


def test_a_record_is_found_by_its_key_where_no_field_is_named(client, superuser):
    client.force_login(superuser, backend="branches.backends.PostBackend")
    record = reverse("admin:core_user_change", args=[superuser.pk])
    assert client.get(f"{record}?_to_field=").status_code == 200
    assert client.get(f"{record}?_to_field=password").status_code == 400


def test_who_signs_in_by_telephone_keeps_it(client, sysadmin, secretary):
    secretary.phone = "16112345678"
    secretary.save()
    client.force_login(sysadmin, backend="branches.backends.PostBackend")
    answer = client.post(
        reverse("admin:core_user_add"), {"username": "161 1234 5678", "display_name": "某人"}
    )
    assert "这是别人登录用的手机号，不能当登录名，请换一个。" in answer.content.decode()


def test_signing_out_clears_what_the_browser_kept(client, secretary):
    client.force_login(secretary, backend="branches.backends.PostBackend")
    assert client.post(reverse("sign-out"))["Clear-Site-Data"] == '"cache", "storage"'
