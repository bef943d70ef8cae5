"""A form of the admin survives signing in again, for its owner alone (elder rule 24)."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Branch
from core.admin.kept import STILL_HERE
from core.drafts import survives
from core.models import Code, FormDraft, User
from members.models import Member
from tests.factories.members import make_member

PASSWORD = "银辉-测试-2026"
MORNING = dt.datetime(2026, 11, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = MORNING + dt.timedelta(minutes=31)
CODE = {
    "table": "nation",
    "code": "57",
    "name": "试试族",
    "aliases": "[]",
    "position": "7",
    "source": "",
    "valid_from": "",
    "is_active": "on",
}

# In which of a template's forms something is typed, ticked or chosen.
ASKS = re.compile(
    r"as_field_group|\{\{ field|\{\{ form|\{\{ \w+_form|<textarea|<select|block fields"
    r"|type=.(?:text|radio|checkbox|search|password)"
)
# Forms in which nothing that was typed need be kept.
EXCUSED = {
    "registration/login.html": "a password",
    "registration/password_change_form.html": "passwords",
    "registration/second_factor.html": "a code that is good once",
    "registration/second_factor_new.html": "a code that is good once",
    "components/confirm_page.html": "what a page fills in it brings its own mark",
    "admin/sealed_search_form.html": "a few characters looked for, nothing written",
    "members/roster.html": "a few characters looked for, nothing written",
    "admin/import_export/import.html": "names a file that was checked, nothing typed",
    "admin/core/user/change_form.html": "a few words why, before anything begins",
}


def sign_in(browser: Client, user: User, back: str = "/admin/") -> Any:
    given = {"username": user.username, "password": PASSWORD, "next": back}
    return browser.post("/signin/", given)


def filled(browser: Client, address: str) -> dict[str, str]:
    """Open a form as people do: its hidden fields and what stands in its boxes."""
    answer = browser.get(address)
    form = answer.context["adminform"].form
    fields = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            fields[bound.html_name] = "on" if value is True else bound.field.prepare_value(value)
    mark = re.search(r'name="form_owner" value="([^"]*)"', answer.content.decode())
    assert mark is not None
    return fields | {"form_owner": mark[1]}


def wait_and_send(browser: Client, user: User, address: str, changes: dict[str, Any]) -> Any:
    """Open the form in the morning, send it after the pause, sign in; return the page that comes back."""
    with time_machine.travel(MORNING, tick=True):
        sign_in(browser, user)
        sent = filled(browser, address) | changes
    with time_machine.travel(LATER, tick=True):
        answer = browser.post(address, sent)
        assert answer["Location"].startswith("/signin/?kept=1&next=/admin/")
        back = sign_in(browser, user, address)
        assert back["Location"] == address
        return browser.get(address)


def values(page: Any) -> dict[str, Any]:
    return {bound.name: bound.value() for bound in page.context["adminform"].form}


def test_a_new_row_comes_back_filled_and_is_saved(db: None, sysadmin: User) -> None:
    browser = Client()
    address = reverse("admin:core_code_add")
    CODE["table"] = Code.objects.values_list("table", flat=True).first() or ""
    page = wait_and_send(browser, sysadmin, address, CODE)
    assert (values(page)["name"], values(page)["position"]) == ("试试族", "7")
    assert STILL_HERE in page.content.decode()
    with time_machine.travel(LATER, tick=True):
        assert browser.post(address, filled(browser, address))["Location"].startswith("/admin/")
        assert Code.objects.get(code="57").name == "试试族"
        assert not FormDraft.objects.exists()
        again = browser.get(address)
    assert values(again)["name"] is None
    assert STILL_HERE not in again.content.decode()


def test_a_change_comes_back_filled_and_is_saved(bureau_staff: User, branch: Branch) -> None:
    member = make_member(branch, "张建国")
    browser = Client()
    address = reverse("admin:members_member_change", args=[member.pk])
    page = wait_and_send(browser, bureau_staff, address, {"former_unit": "青澜区教育局"})
    assert values(page)["former_unit"] == "青澜区教育局"
    assert not page.context["errors"]
    member.refresh_from_db()
    assert member.former_unit != "青澜区教育局"  # coming back writes nothing
    with time_machine.travel(LATER, tick=True):
        answer = browser.post(address, filled(browser, address))
    assert answer.status_code == 302
    assert Member.objects.get().former_unit == "青澜区教育局"


def test_a_faulty_form_comes_back_with_what_is_wrong(db: None, sysadmin: User) -> None:
    page = wait_and_send(Client(), sysadmin, reverse("admin:core_code_add"), {"name": "试试族"})
    assert values(page)["name"] == "试试族"
    assert "还有地方要改一下" in page.content.decode()


def test_nobody_else_gets_it(sysadmin: User, superuser: User) -> None:
    browser = Client()
    address = reverse("admin:core_code_add")
    with time_machine.travel(MORNING, tick=True):
        sign_in(browser, sysadmin)
        sent = filled(browser, address) | {"name": "试试族"}
    with time_machine.travel(LATER, tick=True):
        browser.post(address, sent)
        sign_in(browser, superuser)
        other = browser.get(address)
        assert values(other)["name"] is None
        assert "试试族" not in other.content.decode()
        forged = sent | {"form_owner": "1:x:y"}
        Client().post(address, forged)
    assert [draft.owner for draft in FormDraft.objects.all()] == [sysadmin]


def test_passwords_and_files_are_not_kept(sysadmin: User) -> None:
    browser = Client()
    address = reverse("admin:core_code_add")
    photo = SimpleUploadedFile("a.png", b"picture")
    page = wait_and_send(
        browser, sysadmin, address, {"name": "试试族", "my_password": "不留", "photo": photo}
    )
    body = FormDraft.objects.get().body
    assert ("试试族" in body, "不留" in body, "picture" in body) == (True, False, False)
    assert "不留" not in page.content.decode()


def test_an_account_whose_card_was_shown_is_not_offered_again(sysadmin: User) -> None:
    browser = Client()
    address = reverse("admin:core_user_add")
    wait_and_send(browser, sysadmin, address, {"username": "zhao", "display_name": "赵一心"})
    with time_machine.travel(LATER, tick=True):
        assert "首次登录卡" in browser.post(address, filled(browser, address)).content.decode()
        assert values(browser.get(address))["username"] is None


def test_an_act_comes_back_filled(bureau_staff: User, branch: Branch, other_branch: Branch) -> None:
    member = make_member(branch, "张建国")
    browser = Client()
    address = reverse("admin:member-link", args=[member.pk])
    with time_machine.travel(MORNING, tick=True):
        sign_in(browser, bureau_staff)
        mark = re.search(
            r'name="form_owner" value="([^"]*)"', browser.get(address).content.decode()
        )
        assert mark is not None
        given = {"form_owner": mark[1], "branch": other_branch.pk, "document": "社区函〔2026〕3号"}
    with time_machine.travel(LATER, tick=True):
        browser.post(address, given)
        sign_in(browser, bureau_staff)
        form = browser.get(address).context["form"]
    assert form["branch"].value() == str(other_branch.pk)
    assert not member.affiliations.exclude(kind="HOME").exists()


def test_a_form_without_anything_kept_asks_nothing_of_it(sysadmin: User) -> None:
    browser = Client()
    sign_in(browser, sysadmin)
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("admin:core_code_add"))
    assert [each["sql"] for each in captured if "formdraft" in each["sql"]] == []


def test_every_form_of_the_admin_survives() -> None:
    lost = [
        f"{model.__name__}.{view}"
        for model, model_admin in admin.site._registry.items()
        for view in ("add_view", "change_view")
        if not survives(getattr(model_admin, view))
    ]
    assert lost == []


def test_every_form_that_is_filled_in_has_the_mark_of_its_owner() -> None:
    lost = []
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(folder.rglob("*.html")):
            for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.S):
                if ASKS.search(form) and "{% keep_form %}" not in form:
                    lost.append(str(path.relative_to(folder)))
    assert sorted(set(lost)) == sorted(EXCUSED)
