"""Two who plan the same theme day: nothing that one of them wrote is lost (security F17)."""

from typing import Any

from django.test import Client

from activities.actions.cancel import cancel_plan
from activities.models import Activity
from branches.models import Branch
from core.models import User
from tests.activities.log_page import NOVEMBER, SignIn, text

FIRST = {
    "date": "2026-11-26",
    "starts_at": "09:00:00",
    "topic": "学党章",
    "place": "",
    "agenda": "",
}
AGAIN = "要用您写的，再按一次“保存安排”；不改，请照着写回去。"


def sent_from(page: Any, **changes: str) -> dict[str, str]:
    """Return what a browser sends for the plan's PAGE with CHANGES."""
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in FIRST} | {"base": form.base} | changes


def plan_of() -> tuple[str, ...]:
    return Activity.objects.values_list("topic", "place", "agenda").get()


def test_what_the_other_wrote_stays_where_it_was_left_alone(
    client: Client, client_for: SignIn, bureau_staff: User, branch: Branch
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}plan/"
    client.post(address, sent_from(client.get(address), **FIRST))
    stale, office = client.get(address), client_for(bureau_staff)
    theirs = {"topic": "学全会精神", "place": "B处", "agenda": "一\n二", "starts_at": "14:30:00"}
    office.post(address, sent_from(office.get(address), **theirs))
    answer = client.post(address, sent_from(stale, date="2026-11-27"))
    assert answer.status_code == 302
    assert plan_of() == ("学全会精神", "B处", "一\n二")
    assert Activity.objects.get().date.day == 27
    assert Activity.objects.get().starts_at.hour == 14


def test_where_both_wrote_both_are_shown_and_the_next_press_decides(
    client: Client, client_for: SignIn, bureau_staff: User, branch: Branch
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}plan/"
    client.post(address, sent_from(client.get(address), **FIRST))
    stale, office = client.get(address), client_for(bureau_staff)
    office.post(address, sent_from(office.get(address), topic="学全会精神", place="B处"))
    shown = client.post(address, sent_from(stale, topic="看望老同志"))
    assert f"刚才有人写成了“学全会精神”。{AGAIN}" in text(shown)
    assert shown.context["form"]["topic"].value() == "看望老同志"
    assert shown.context["form"]["place"].value() == "B处", "taken over on the page as well"
    assert plan_of()[0] == "学全会精神"
    assert client.post(address, sent_from(shown)).status_code == 302
    assert plan_of() == ("看望老同志", "B处", "")


def test_who_plans_what_was_cancelled_meanwhile_is_told(
    client: Client, secretary: User, branch: Branch
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}plan/"
    client.post(address, sent_from(client.get(address), **FIRST))
    stale = client.get(address)
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    shown = client.post(address, sent_from(stale, topic="看望老同志"))
    assert "刚才有人取消了这次安排。" in text(shown)
    assert client.post(address, sent_from(shown)).status_code == 302
    assert plan_of()[0] == "看望老同志"
