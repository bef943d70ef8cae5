"""The text size, and what is said when something is wrong."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory

from core import views


class Unreadable:
    """A user whose every attribute asks the database: a page that touches it fails."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"the page asked for user.{name}")


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost"})


def test_the_text_size_is_remembered_and_the_visitor_goes_back(visitor: Client) -> None:
    response = visitor.post("/text-size/", {"size": "xl", "next": "/mine/?page=2"}, secure=True)
    assert (response.status_code, response["Location"]) == (302, "/mine/?page=2")
    cookie = response.cookies["text-size"]
    assert (cookie.value, cookie["secure"], cookie["samesite"]) == ("xl", True, "Lax")


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "", "javascript:1", "x", "a\r\nb"],
)
def test_the_visitor_is_never_sent_elsewhere(visitor: Client, target: str) -> None:
    response = visitor.post("/text-size/", {"size": "l", "next": target}, secure=True)
    assert response["Location"] == "/"


def test_an_unknown_size_is_not_remembered(visitor: Client) -> None:
    response = visitor.post("/text-size/", {"size": "<script>"}, secure=True)
    assert dict(response.cookies) == {}


def test_the_contrast_is_remembered(visitor: Client) -> None:
    response = visitor.post("/text-size/", {"contrast": "high"}, secure=True)
    assert response.cookies["contrast"].value == "high"


def test_the_size_is_not_set_by_a_link(visitor: Client) -> None:
    assert visitor.get("/text-size/", secure=True).status_code == 405


@pytest.mark.parametrize(
    ("page", "status", "sentence"),
    [
        (lambda r: views.bad_request(r, Exception()), 400, "没有看懂"),
        (lambda r: views.forbidden(r, PermissionDenied()), 403, "这件事您现在不能办"),
        (
            lambda r: views.forbidden(r, PermissionDenied("十月的已经归档。")),
            403,
            "十月的已经归档。",
        ),
        (lambda r: views.csrf_failure(r), 403, "页面放得久了"),
        (lambda r: views.not_found(r, Http404()), 404, "没有找到这一页"),
        (lambda r: views.server_error(r), 500, "不怪您"),
        (lambda r: views.locked_out(r), 429, "请过20分钟再试"),
    ],
)
def test_every_error_page_says_what_to_do_without_asking_the_database(
    rf: RequestFactory,
    settings: Any,
    page: Callable[[Any], HttpResponse],
    status: int,
    sentence: str,
) -> None:
    request: Any = rf.get("/")
    request.user = Unreadable()
    response = page(request)
    words = response.content.decode()
    assert response.status_code == status
    assert sentence in words
    assert settings.HELP_PHONE in words


@pytest.mark.parametrize("cookies", [{}, {"text-size": "xl"}, {"contrast": "high"}])
@pytest.mark.parametrize("banner", [True, False])
@pytest.mark.parametrize("reason", ["", "十月的<b>已经</b>归档。"])
def test_a_refusal_reads_as_its_template_does(
    rf: RequestFactory, settings: Any, cookies: dict[str, str], banner: bool, reason: str
) -> None:
    settings.DEMO_BANNER = banner
    for _ in range(2):  # written, and filled in
        request: Any = rf.get("/branch/?q='\"&<i>")
        request.user, request.COOKIES = Unreadable(), dict(cookies)
        page = views.forbidden(request, PermissionDenied(reason))
        whole = render(request, "errors/403.html", {"reason": reason}, status=403)
        assert without_secrets(page) == without_secrets(whole)
        assert page.headers == whole.headers
        assert request.META["CSRF_COOKIE"]


def test_a_refusal_tells_nothing_of_the_visitor_before(rf: RequestFactory) -> None:
    told = []
    for name in ("one", "other"):
        request: Any = rf.get(f"/{name}/")
        request.user = Unreadable()
        page = views.forbidden(request, PermissionDenied(f"reason of {name}"))
        told.append(page.content.decode())
    assert [[word in page for word in ("/one/", "reason of one")] for page in told] == [
        [True, True],
        [False, False],
    ]


@pytest.mark.parametrize("turn", [1, 2])
def test_the_letters_are_enlarged_from_a_page_that_is_not_there(turn: int) -> None:
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    page = strict.get("/nowhere/", secure=True)
    assert page.status_code == 404
    tokens = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert len(tokens) == 2
    for token in tokens:
        form = {"size": "xl", "next": "/nowhere/", "csrfmiddlewaretoken": token}
        sent = strict.post(
            "/text-size/", form, secure=True, headers={"referer": "https://localhost/nowhere/"}
        )
        assert (sent.status_code, sent["Location"]) == (302, "/nowhere/")


def without_secrets(page: HttpResponse) -> str:
    """The page without the secrets of its forms, which are new each time."""
    return re.sub('(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page.content.decode())
