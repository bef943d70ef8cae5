"""A form survives signing in again, for its owner alone."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from core import drafts
from core.models import FormDraft
from core.runs import run_now, start_run
from tests.core.kept_forms import FILLED, PAGE, hidden

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.kept_form_urls")]
PASSWORD = "银辉-测试-2026"


@pytest.fixture
def browser():
    """A browser that must show its CSRF token, as real ones do."""
    return Client(enforce_csrf_checks=True)


def sign_in(browser, user):
    page = browser.get("/signin/").content.decode()
    return browser.post(
        "/signin/",
        {
            "username": user.username,
            "password": PASSWORD,
            "next": PAGE,
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        },
    )


def opened(browser):
    """Open the form; return the hidden fields it carries."""
    page = browser.get(PAGE).content.decode()
    return {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "form_owner")}


def is_filled(browser):
    page = browser.get(PAGE).content.decode()
    return 'value="重阳节主题党日"' in page and page.count("selected") == 2


def test_a_form_sent_after_the_session_ended_comes_back_filled(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    answer = browser.post(PAGE, FILLED | form)
    assert answer["Location"] == "/signin/?kept=1&next=/log/%3Fm%3D2026-11"
    assert sign_in(browser, secretary)["Location"] == PAGE
    assert is_filled(browser)
    assert is_filled(browser), "a reload loses nothing"
    assert "不留" not in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, FILLED | opened(browser))["Location"] == "/done/"
    assert not FormDraft.objects.exists()
    assert not is_filled(browser)


def test_a_form_with_the_token_of_an_earlier_session_comes_back_filled(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    browser.post("/signout/", {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]})
    sign_in(browser, secretary)  # in another window: the token has changed
    answer = browser.post(PAGE, FILLED | form)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert is_filled(browser)
    assert browser.post(PAGE, FILLED | opened(browser))["Location"] == "/done/"


def test_another_user_gets_an_empty_form(browser, secretary, other_secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, FILLED | form)
    sign_in(browser, other_secretary)
    assert not is_filled(browser)
    assert FormDraft.objects.get().owner == secretary


def test_it_is_sealed_in_the_database(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, FILLED | form)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM core_formdraft")
        (body,) = cursor.fetchone()
    assert "重阳" not in body
    assert "重阳" in FormDraft.objects.get().body


@pytest.mark.parametrize("mark", ["", "forged", "MQ:1tAAAA:xxxx"])
def test_without_the_mark_of_its_owner_nothing_is_kept(browser, secretary, mark):
    sign_in(browser, secretary)
    form = opened(browser) | {"form_owner": mark}
    del browser.cookies["sid"]
    assert browser.post(PAGE, FILLED | form)["Location"] == "/signin/?next=/"
    assert not FormDraft.objects.exists()


def test_a_mark_alone_is_no_way_around_the_token(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser) | {"csrfmiddlewaretoken": "x" * 64}
    assert browser.post(PAGE, FILLED | form)["Location"] == PAGE
    assert FormDraft.objects.count() == 1, "kept, not carried out"


def test_a_form_far_too_long_is_not_kept(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, {**form, "topic": "长" * 200_001})
    assert not FormDraft.objects.exists()


def test_a_user_keeps_no_pile_of_forms(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    browser.cookies.clear()
    for number in range(30):
        browser.post(f"{PAGE}&n={number}", {**FILLED, **form})
    assert FormDraft.objects.count() == 20


def test_files_are_left_out(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, FILLED | form | {"photo": SimpleUploadedFile("a.jpg", b"\xff\xd8")})
    sign_in(browser, secretary)
    assert is_filled(browser)


def test_a_day_later_it_is_gone(browser, secretary, time_machine):
    time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, FILLED | form)
    time_machine.move_to("2026-11-23 10:01+08:00", tick=False)
    sign_in(browser, secretary)
    assert not is_filled(browser)
    run = run_now(start_run(by=None, kind="nightly.sweep_drafts", key="x", ring=False))
    assert run.result == {"gone": 1}


def test_a_refused_form_keeps_what_was_kept(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    browser.post(PAGE, FILLED | form)
    sign_in(browser, secretary)
    assert browser.post(PAGE, {**opened(browser), "topic": ""}).status_code == 200
    assert is_filled(browser)


def test_a_stranger_has_no_mark():
    assert drafts.owner_mark(AnonymousUser()) == ""


def test_a_page_that_is_no_form_is_not_kept(browser, secretary):
    sign_in(browser, secretary)
    form = opened(browser)
    del browser.cookies["sid"]
    answer = browser.post("/password/", FILLED | form)
    assert answer["Location"] == "/signin/?next=/"
    assert not FormDraft.objects.exists()
