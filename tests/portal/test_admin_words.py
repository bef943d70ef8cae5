"""No English stands on a page of the admin, refused forms included (house §7.5)."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from core.models import User
from tests.access.table import ROLES
from tests.access.things import World
from tests.access.walking import rows

# What is data in Latin letters: standards, codes, keys of kinds and thresholds, a way to search.
DATA = re.compile(
    r"Excel|CSV|XLSX|GB18030|GB/T|SYS-\d+|QL\d+|zjg|[a-z]+(\.[a-z_]+)+", re.IGNORECASE
)
# On a sign-in card: made of letters that nobody takes for one another.
PASSWORD = re.compile(r'(?<=class="first-password">)[a-z2-9]+')
# A choice that was not made, or not yet, has one word everywhere.
# Nothing chosen is said in words; who has an identity card, as nearly everybody, is kept as nothing.
BLANKS = {"", "未选", "还没决定", "居民身份证"}
BLANK = r'<option value=""[^>]*>([^<]*)</option>'
SPOKEN = {"title", "placeholder", "aria-label", "alt"}
SILENT = {"script", "style", "textarea"}


class Words(HTMLParser):
    """Collects what a page says: its texts, and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in SILENT
        named = dict(attrs)
        self.said += [value for key, value in attrs if key in SPOKEN and value]
        if tag == "input" and named.get("type") in {"submit", "button", "reset"}:
            self.said.append(named.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def english(page: str, names: set[str]) -> set[str]:
    """Return what PAGE says in English; NAMES are sign-in names and the like."""
    words = Words()
    words.feed(PASSWORD.sub("", page))
    return {
        text.strip()
        for text in words.said
        if re.search(r"[A-Za-z]{2,}", DATA.sub("", text)) and text.strip() not in names
    }


def test_the_admin_speaks_chinese(request: pytest.FixtureRequest, superuser: User) -> None:
    world, client = World(request), Client()
    pages = [
        (row, row.address(world))
        for row in rows()
        if row.name.startswith("admin:")
        and row.name != "admin:logout"
        and row.answers[ROLES.index("superuser")] == 200
    ]
    client.force_login(superuser, backend="branches.backends.PostBackend")
    # The portal's own address, on a sign-in card, is typed as it stands.
    names = {*User.objects.values_list("username", flat=True), "http://testserver"}
    found, blanks = set(), set()
    for row, address in pages:
        for method in ("get", "post"):
            page = page_of(client, method, address)
            found |= {f"{method} {row.name}: {said}" for said in english(page, names)}
            blanks |= {(said, row.name) for said in re.findall(BLANK, page)}
    assert sorted(found) == []
    assert sorted(each for each in blanks if each[0] not in BLANKS) == []
    assert len(pages) > 60


def page_of(client: Client, method: str, address: str) -> str:
    """Ask for a page, or send its form empty, and take back what that wrote; files say nothing."""
    with transaction.atomic():
        answer: Any = getattr(client, method)(address)
        transaction.set_rollback(True)
    is_page = not answer.streaming and answer.headers.get("Content-Type", "").startswith(
        "text/html"
    )
    return answer.content.decode() if is_page else ""


def test_a_refused_form_says_so_in_the_title(client: Client, superuser: User) -> None:
    client.force_login(superuser, backend="branches.backends.PostBackend")
    page = client.post("/admin/core/code/add/").content.decode()
    assert re.search(r"<title>\s*有错误：\s*新增代码", page)
    assert "还有地方要改一下" in page


def test_a_truth_is_a_word(client: Client, superuser: User) -> None:
    client.force_login(superuser, backend="branches.backends.PostBackend")
    page = client.get("/admin/core/user/").content.decode()
    assert '<td class="field-is_active">是</td>' in page


def test_a_password_is_refused_in_words(client: Client, superuser: User) -> None:
    client.force_login(superuser, backend="branches.backends.PostBackend")
    answer = client.post("/password/", {"new_password1": "12345", "new_password2": "12345"})
    shown = answer.content.decode()
    assert "密码太短了，至少10位。" in shown
    assert shown.index("密码太短了") < shown.index('name="new_password1"') < shown.index("再输一遍")
