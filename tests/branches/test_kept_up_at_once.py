"""Two who keep one organisation up at once: neither takes back what the other wrote (F17)."""

import datetime as dt
from typing import Any

import pytest

from branches.actions import update_branch
from branches.models import Branch
from branches.refusal import ChangedMeanwhile
from core.models import AuditEvent, User
from tests.branches.addresses import Signed, address, sent_from


@pytest.fixture
def kept(branch: Branch) -> Branch:
    return update_branch(
        by=None,
        branch=branch,
        meeting_place="社区活动室",
        theme_day=15,
        founded_on=dt.date(2016, 11, 1),
    )


def test_what_somebody_else_wrote_meanwhile_stays(
    client_for: Signed, bureau_staff: User, superuser: User, kept: Branch
) -> None:
    page = address("branch", "change", kept.pk)
    mine, other = client_for(bureau_staff), client_for(superuser)
    stale = mine.get(page)
    theirs = {"meeting_place": "老年活动中心", "founded_on": "2016年10月1日", "setting": "VENUE"}
    assert other.post(page, sent_from(other.get(page), **theirs)).status_code == 302
    assert mine.post(page, sent_from(stale, theme_day="20")).status_code == 302
    kept.refresh_from_db()
    assert (kept.meeting_place, kept.theme_day) == ("老年活动中心", 20)
    assert (kept.founded_on, kept.setting) == (dt.date(2016, 10, 1), "VENUE")
    assert AuditEvent.objects.filter(by=bureau_staff).get().after == {"theme_day": 20}


@pytest.mark.parametrize(
    ("field", "theirs", "typed", "told"),
    [
        ("meeting_place", "老年活动中心", "文化馆", "写成了“老年活动中心”"),
        ("theme_day", "", "20", "把这里清空了"),
        ("founded_on", "2016年10月1日", "2016年9月1日", "写成了“2016年10月1日”"),
        ("setting", "VENUE", "DOORSTEP", "写成了“阵地”"),
    ],
)
def test_of_two_who_write_the_same_the_second_is_told_and_loses_nothing(
    client_for: Signed, bureau_staff: User, superuser: User, kept: Branch,
    field: str, theirs: str, typed: str, told: str,
) -> None:  # fmt: skip
    page = address("branch", "change", kept.pk)
    mine, other = client_for(bureau_staff), client_for(superuser)
    stale = mine.get(page)
    assert other.post(page, sent_from(other.get(page), **{field: theirs})).status_code == 302
    asked: Any = mine.post(page, sent_from(stale, unit="文化局", **{field: typed}))
    assert asked.context["adminform"].form.errors == {
        field: [f"刚才有人{told}。要用您写的，再按一次“保存”；不改，请照着写回去。"]
    }
    again = sent_from(asked)
    assert (again[field], again["unit"]) == (typed, "文化局")
    assert mine.post(page, again).status_code == 302
    saved = mine.get(page).context["adminform"].form
    assert str(saved[field].value()) == typed


def test_what_is_no_longer_as_it_was_found_is_not_overwritten(kept: Branch) -> None:
    update_branch(by=None, branch=kept, meeting_place="老年活动中心")
    with pytest.raises(ChangedMeanwhile):
        update_branch(
            by=None, branch=kept, seen={"meeting_place": "社区活动室"}, meeting_place="文化馆"
        )
    kept.refresh_from_db()
    assert kept.meeting_place == "老年活动中心"
