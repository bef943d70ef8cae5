"""In every list of a branch the people of one surname stand together, as on a paper roster."""

import pytest
from django.test import Client

from branches.models import Branch
from core.models import User
from tests.activities.log_page import NOVEMBER, text
from tests.factories.activities import record
from tests.factories.members import make_member

# By the letters of the whole name 林德明 would stand between 李明 and 李淑芬.
NAMES = ("李春梅", "李明", "李淑芬", "林德明", "林永福")


@pytest.mark.parametrize("page", ["roster/", NOVEMBER, f"{NOVEMBER}sheet/", f"{NOVEMBER}record/"])
def test_one_surname_stands_together(
    page: str, client: Client, secretary: User, branch: Branch
) -> None:
    people = [make_member(branch, name) for name in reversed(NAMES)]
    if page.endswith("record/"):
        record(secretary, branch, people)
    ask = client.post if page.endswith("sheet/") else client.get
    shown = text(ask(f"/branch/{branch.pk}/{page}", follow=True))
    places = [shown.index(name) for name in NAMES]
    assert places == sorted(places)
