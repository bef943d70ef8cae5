"""ID and telephone numbers typed into a theme day: hidden on record, in the trail, in notices."""

import pytest
from django.test import Client

from activities.models import Activity
from branches.models import Branch
from core.models import AuditEvent, Notice, User
from members.models import Member
from tests.activities.log_page import NOVEMBER, filled

ID, PHONE = "110101195003071234", "13912345678"
TYPED = {"topic": f"看望周老{ID}", "host": f"王{PHONE}", "agenda": f"看望\n电话{PHONE}"}


def kept_anywhere() -> str:
    """Return all that is kept of theme days, as one text."""
    rows = [*Activity.objects.values_list("topic", "place", "host", "agenda", "minutes")]
    trail = [*AuditEvent.objects.values_list("before", "after", "object_label", "note")]
    return f"{rows}{trail}{[*Notice.objects.values_list('text', 'detail')]}"


@pytest.mark.parametrize("page", ["", "plan/"])
def test_numbers_of_people_are_kept_nowhere(
    client: Client, member: User, branch: Branch, roster: list[Member], page: str
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    place = f"周老家 {PHONE}"
    if page:
        sent = {"date": "2026-11-26", "place": place, **TYPED}
    else:
        typed = {"where": "other", "other_place": place, "minutes": f"周老{ID}发言", **TYPED}
        sent = filled(client.get(address), **typed)
    assert client.post(f"{address}{page}", sent).status_code == 302
    kept = kept_anywhere()
    assert ID not in kept
    assert PHONE not in kept
    stored = Activity.objects.get()
    assert (stored.topic, stored.place) == ("看望周老110***********1234", "周老家 139****5678")
    assert Notice.objects.filter(user=member, text__contains="周老家 139****5678").exists() == bool(
        page
    )
    assert stored.version == 1
    again = client.post(f"{address}{page}", sent)
    assert again.status_code == 302, "the same sent again is no other version"
