"""The bureau's admin site: who enters, its groups, the front page."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from branches.actions import end_appointment
from branches.enums import Role
from branches.models import Appointment, Branch
from core import workbench
from core.models import User
from core.workbench import Tile
from portal.admin import GROUPS
from tests.factories.branches import make_post

Clients = Callable[[User], Client]


@pytest.fixture
def tiles(monkeypatch: pytest.MonkeyPatch) -> list[Tile]:
    """Put these tiles, and no others, on the front page."""
    shown: list[Tile] = []
    monkeypatch.setattr(workbench, "_providers", [lambda user: shown])
    return shown


def test_nobody_enters_without_signing_in(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == ("/signin/?next=/admin/", 302)


@pytest.mark.parametrize("role", ["secretary", "group_leader", "member"])
def test_p25_without_an_office_post_there_is_no_admin(
    role: str, client_for: Clients, request: pytest.FixtureRequest
) -> None:
    client = client_for(request.getfixturevalue(role))
    for path in ("", "login/", "nothing/", "members/member/", "members/member/1/change/"):
        for ask in (client.get, client.head, client.post):
            assert (path, ask(f"/admin/{path}").status_code) == (path, 404)
    assert client.get("/").status_code != 404


def test_who_loses_his_office_post_finds_no_admin_at_the_next_request(
    client_for: Clients, bureau_staff: User
) -> None:
    client = client_for(bureau_staff)
    assert client.get("/admin/").status_code == 200
    post = Appointment.objects.get(user=bureau_staff)
    end_appointment(by=None, appointment=post, on=timezone.localdate() - dt.timedelta(days=1))
    assert client.get("/admin/").status_code == 404


@pytest.mark.parametrize("role", ["bureau_staff", "street_staff", "sysadmin", "auditor"])
def test_office_posts_enter(role: str, client_for: Clients, request: pytest.FixtureRequest) -> None:
    assert client_for(request.getfixturevalue(role)).get("/admin/").status_code == 200


def test_who_is_in_is_not_asked_to_sign_in_again(client_for: Clients, bureau_staff: User) -> None:
    assert client_for(bureau_staff).get("/admin/login/")["Location"] == "/admin/"


def test_the_navigation_is_grouped_as_the_bureau_speaks(
    client_for: Clients, superuser: User
) -> None:
    shown = client_for(superuser).get("/admin/").context["available_apps"]
    names = [group["name"] for group in shown]
    assert names == [name for name, _ in GROUPS if name in names]
    assert all(group["models"] for group in shown)


def test_no_model_is_in_two_groups(client_for: Clients, superuser: User) -> None:
    response = client_for(superuser).get("/admin/")
    listed = [model["model"] for group in response.context["app_list"] for model in group["models"]]
    assert len(listed) == len(set(listed)) > 0


def test_a_tile_says_how_many_and_links_to_its_rows(
    tiles: list[Tile], client_for: Clients, bureau_staff: User
) -> None:
    tiles.append(Tile("支部本月没报主题党日", 7, "/admin/?late=1", "due", "个"))
    page = client_for(bureau_staff).get("/admin/").content.decode()
    assert '<a class="wb-tile due" href="/admin/?late=1"><b>7<small>个</small></b>' in page


def test_nothing_due_is_told_without_alarm(
    tiles: list[Tile], client_for: Clients, bureau_staff: User
) -> None:
    tiles.append(Tile("待确认的名册", 0, "/admin/", "due"))
    assert 'class="wb-tile none"' in client_for(bureau_staff).get("/admin/").content.decode()


def test_no_tile_no_heading(tiles: list[Tile], client_for: Clients, bureau_staff: User) -> None:
    assert "今天要办" not in client_for(bureau_staff).get("/admin/").content.decode()


def test_the_password_is_changed_where_everybody_does(
    client_for: Clients, bureau_staff: User
) -> None:
    client = client_for(bureau_staff)
    assert client.get("/admin/password_change/")["Location"] == "/password/"
    assert 'href="/password/?next=/admin/"' in client.get("/admin/").content.decode()


def test_only_who_has_another_door_is_led_to_the_front_page(
    client_for: Clients, bureau_staff: User, branch: Branch
) -> None:
    assert "我的首页" not in client_for(bureau_staff).get("/admin/").content.decode()
    make_post(Role.SECRETARY, branch, bureau_staff)
    assert "我的首页" in client_for(bureau_staff).get("/admin/").content.decode()
